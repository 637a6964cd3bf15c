using Ovms.Generators.Infrastructure;

namespace Ovms.Generators.Tensors;

/// <summary>What an IR says about its inputs and outputs, in its own words.</summary>
internal sealed record IrDocument(string Name, List<IrTensor> Inputs, List<IrTensor> Outputs);

/// <summary>A Parameter or a Result.</summary>
/// <param name="Layer">The layer's name, for messages.</param>
/// <param name="Names">The tensor's names; may be empty.</param>
/// <param name="ElementType">f32 of a Parameter, FP32 of a Result.</param>
/// <param name="Shape">As written, or put together from the port's dimensions.</param>
/// <param name="Location">Where the layer begins.</param>
internal sealed record IrTensor(string Layer, List<string> Names, string ElementType, string Shape, LocationInfo Location);
