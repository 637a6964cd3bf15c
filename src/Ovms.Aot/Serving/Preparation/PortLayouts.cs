using System.Collections.Immutable;

namespace Ovms.Serving.Preparation;

/// <summary>The layouts of --layout by port.</summary>
/// <param name="Inputs">By input index; null if not given.</param>
/// <param name="Outputs">By output index; null if not given.</param>
internal sealed record PortLayouts(ImmutableArray<PortLayout?> Inputs, ImmutableArray<PortLayout?> Outputs);
