using Ovms.Configuration.Graphs;

namespace Ovms.Graphs.Calculators.Vision;

/// <summary>A colour; each part is 0 to 255. Source: the original's Color.</summary>
[GraphMessage("mediapipe.Color")]
internal sealed partial record RenderColor
{
    /// <summary>Red.</summary>
    [GraphField(1)]
    public int R { get; init; }

    /// <summary>Green.</summary>
    [GraphField(2)]
    public int G { get; init; }

    /// <summary>Blue.</summary>
    [GraphField(3)]
    public int B { get; init; }
}
