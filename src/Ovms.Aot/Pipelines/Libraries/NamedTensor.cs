using Ovms.Pipelines.Tensors;

namespace Ovms.Pipelines.Libraries;

/// <summary>An input of a custom node.</summary>
/// <param name="Name">The name of the input.</param>
/// <param name="Tensor">What it gets.</param>
internal readonly record struct NamedTensor(string Name, NodeTensor Tensor);
