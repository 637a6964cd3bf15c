using Ovms.Configuration.Graphs;

namespace Ovms.Graphs.Calculators.Vision;

/// <summary>An entry of label_items, a map from class to name.</summary>
[GraphMessage("mediapipe.DetectionLabelIdToTextCalculatorOptions.LabelItemsEntry")]
internal sealed partial record LabelMapEntry
{
    /// <summary>The class.</summary>
    [GraphField(1)]
    public long Key { get; init; }

    /// <summary>Its names.</summary>
    [GraphField(2)]
    public LabelMapItem? Value { get; init; }
}
