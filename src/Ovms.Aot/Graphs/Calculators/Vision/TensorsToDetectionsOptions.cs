using System.Collections.Immutable;
using Ovms.Configuration.Graphs;

namespace Ovms.Graphs.Calculators.Vision;

/// <summary>What the tensors of a detector hold. Source: the original's OpenVINOTensorsToDetectionsCalculatorOptions.</summary>
[GraphMessage("mediapipe.OpenVINOTensorsToDetectionsCalculatorOptions")]
internal sealed partial record TensorsToDetectionsOptions
{
    /// <summary>Classes of the scores.</summary>
    [GraphField(1)]
    public int NumClasses { get; init; }

    /// <summary>Boxes of the tensors; with four tensors the last one tells it.</summary>
    [GraphField(2)]
    public int NumBoxes { get; init; }

    /// <summary>Numbers of each box.</summary>
    [GraphField(3)]
    public int NumCoords { get; init; }

    /// <summary>What the horizontal centre is divided by.</summary>
    [GraphField(4)]
    public float XScale { get; init; }

    /// <summary>What the vertical centre is divided by.</summary>
    [GraphField(5)]
    public float YScale { get; init; }

    /// <summary>What the width is divided by.</summary>
    [GraphField(6)]
    public float WScale { get; init; }

    /// <summary>What the height is divided by.</summary>
    [GraphField(7)]
    public float HScale { get; init; }

    /// <summary>Classes that are left out.</summary>
    [GraphField(8)]
    public ImmutableArray<int> IgnoreClasses { get; init; } = [];

    /// <summary>The first number of the key points.</summary>
    [GraphField(9)]
    public int KeypointCoordOffset { get; init; }

    /// <summary>Key points of each box.</summary>
    [GraphField(10)]
    public int NumKeypoints { get; init; }

    /// <summary>Numbers of each key point.</summary>
    [GraphField(11)]
    public int NumValuesPerKeypoint { get; init; } = 2;

    /// <summary>The first of the four numbers of the box itself.</summary>
    [GraphField(12)]
    public int BoxCoordOffset { get; init; }

    /// <summary>Whether sizes are exponents.</summary>
    [GraphField(13)]
    public bool ApplyExponentialOnBoxSize { get; init; }

    /// <summary>Whether numbers are x, y, w, h; otherwise y, x, h, w.</summary>
    [GraphField(14)]
    public bool ReverseOutputOrder { get; init; }

    /// <summary>Whether scores go through the logistic function.</summary>
    [GraphField(15)]
    public bool SigmoidScore { get; init; }

    /// <summary>The range of scores before that function, −this to this; null for no limit.</summary>
    [GraphField(16)]
    public float? ScoreClippingThresh { get; init; }

    /// <summary>Whether top and bottom are swapped.</summary>
    [GraphField(18)]
    public bool FlipVertically { get; init; }

    /// <summary>Detections below are left out; null for none.</summary>
    [GraphField(19)]
    public float? MinScoreThresh { get; init; }
}
