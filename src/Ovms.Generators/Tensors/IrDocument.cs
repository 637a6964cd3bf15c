using Ovms.Generators.Infrastructure;

namespace Ovms.Generators.Tensors;

/// <summary>Inputs and outputs of an IR, as written in it.</summary>
internal sealed record IrDocument(string Name, List<IrTensor> Inputs, List<IrTensor> Outputs);

/// <summary>A Parameter or a Result.</summary>
/// <param name="Layer">The layer's name, for messages.</param>
/// <param name="Names">The tensor's names; may be empty.</param>
/// <param name="ElementType">For example f32 of a Parameter, FP32 of a Result.</param>
/// <param name="Shape">As written, or composed of the port's dimensions.</param>
/// <param name="Location">The beginning of the layer.</param>
internal sealed record IrTensor(string Layer, List<string> Names, string ElementType, string Shape, LocationInfo Location);
