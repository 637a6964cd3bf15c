using System.Collections.Immutable;

namespace Ovms.Serving.Preparation;

/// <summary>What --layout gives, sorted to the model's ports.</summary>
/// <param name="Inputs">By input index; null where nothing was given.</param>
/// <param name="Outputs">By output index; null where nothing was given.</param>
internal sealed record PortLayouts(ImmutableArray<PortLayout?> Inputs, ImmutableArray<PortLayout?> Outputs);
