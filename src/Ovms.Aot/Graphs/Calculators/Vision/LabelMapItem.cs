using System.Collections.Immutable;
using Ovms.Configuration.Graphs;

namespace Ovms.Graphs.Calculators.Vision;

/// <summary>The names of a class. Source: the original's LabelMapItem.</summary>
[GraphMessage("mediapipe.LabelMapItem")]
internal sealed partial record LabelMapItem
{
    /// <summary>The name that detections get.</summary>
    [GraphField(1)]
    public string Name { get; init; } = "";

    /// <summary>Accepted without effect, as in the original.</summary>
    [GraphField(2)]
    public string DisplayName { get; init; } = "";

    /// <inheritdoc cref="DisplayName"/>
    [GraphField(3)]
    public ImmutableArray<string> ChildName { get; init; } = [];
}
