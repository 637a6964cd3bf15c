using System.Collections.Immutable;
using Ovms.Configuration.Graphs;

namespace Ovms.Graphs.Calculators.Vision;

/// <summary>Names of classes. Source: the original's DetectionLabelIdToTextCalculatorOptions.</summary>
[GraphMessage("mediapipe.DetectionLabelIdToTextCalculatorOptions")]
internal sealed partial record DetectionLabelIdToTextOptions
{
    /// <summary>The folder of the graph's file, to which a relative path belongs first; empty for the working folder alone.</summary>
    public string Folder { get; init; } = "";

    /// <summary>A file with a name on each line, the first one of class 0; empty for none.</summary>
    [GraphField(1)]
    public string LabelMapPath { get; init; } = "";

    /// <summary>The names, the first one of class 0.</summary>
    [GraphField(2)]
    public ImmutableArray<string> Label { get; init; } = [];

    /// <summary>Whether detections keep the number of their class beside its name.</summary>
    [GraphField(3)]
    public bool KeepLabelId { get; init; }

    /// <summary>Names with their classes.</summary>
    [GraphField(4)]
    public ImmutableArray<LabelMapEntry> LabelItems { get; init; } = [];
}
