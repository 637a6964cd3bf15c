using Ovms.Configuration.Graphs;

namespace Ovms.Graphs.Calculators.Vision;

/// <summary>Which detections are kept. Source: the original's NonMaxSuppressionCalculatorOptions.</summary>
[GraphMessage("mediapipe.NonMaxSuppressionCalculatorOptions")]
internal sealed partial record NonMaxSuppressionOptions
{
    /// <summary>Number of inputs.</summary>
    [GraphField(1)]
    public int NumDetectionStreams { get; init; } = 1;

    /// <summary>Maximum number of results; below 0 for no limit.</summary>
    [GraphField(2)]
    public int MaxNumDetections { get; init; } = -1;

    /// <summary>Overlap above which a detection is dropped.</summary>
    [GraphField(3)]
    public float MinSuppressionThreshold { get; init; } = 1;

    /// <summary>How overlap is measured.</summary>
    [GraphField(4)]
    public OverlapType OverlapType { get; init; } = OverlapType.Jaccard;

    /// <summary>Whether there is a packet without detections if none come in.</summary>
    [GraphField(5)]
    public bool ReturnEmptyDetections { get; init; }

    /// <summary>Score below which detections are dropped; 0 and below for none.</summary>
    [GraphField(6)]
    public float MinScoreThreshold { get; init; } = -1;

    /// <summary>What becomes of dropped boxes.</summary>
    [GraphField(7)]
    public NmsAlgorithm Algorithm { get; init; }
}
