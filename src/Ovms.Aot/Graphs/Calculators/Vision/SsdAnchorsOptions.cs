using System.Collections.Immutable;
using Ovms.Configuration.Graphs;

namespace Ovms.Graphs.Calculators.Vision;

/// <summary>The grid of anchors. Source: the original's SsdAnchorsCalculatorOptions.</summary>
[GraphMessage("mediapipe.SsdAnchorsCalculatorOptions")]
internal sealed partial record SsdAnchorsOptions
{
    /// <summary>Columns of the model's image.</summary>
    [GraphField(1)]
    public int InputSizeWidth { get; init; }

    /// <summary>Rows of the model's image.</summary>
    [GraphField(2)]
    public int InputSizeHeight { get; init; }

    /// <summary>Size of anchors of the first layer, as a share.</summary>
    [GraphField(3)]
    public float MinScale { get; init; }

    /// <summary>Size of anchors of the last layer, as a share.</summary>
    [GraphField(4)]
    public float MaxScale { get; init; }

    /// <summary>Centre within a cell, from its left, as a share of the cell.</summary>
    [GraphField(5)]
    public float AnchorOffsetX { get; init; } = 0.5f;

    /// <summary>Centre within a cell, from its top, as a share of the cell.</summary>
    [GraphField(6)]
    public float AnchorOffsetY { get; init; } = 0.5f;

    /// <summary>Number of layers.</summary>
    [GraphField(7)]
    public int NumLayers { get; init; }

    /// <summary>Columns of each layer's grid; empty if strides give them.</summary>
    [GraphField(8)]
    public ImmutableArray<int> FeatureMapWidth { get; init; } = [];

    /// <summary>Rows of each layer's grid; empty if strides give them.</summary>
    [GraphField(9)]
    public ImmutableArray<int> FeatureMapHeight { get; init; } = [];

    /// <summary>Pixels between the cells of each layer.</summary>
    [GraphField(10)]
    public ImmutableArray<int> Strides { get; init; } = [];

    /// <summary>Width by height of the anchors of a cell.</summary>
    [GraphField(11)]
    public ImmutableArray<float> AspectRatios { get; init; } = [];

    /// <summary>Whether cells of the first layer have the three fixed anchors.</summary>
    [GraphField(12)]
    public bool ReduceBoxesInLowestLayer { get; init; }

    /// <summary>Ratio of one more anchor between this layer's size and the next one's; 0 for none.</summary>
    [GraphField(13)]
    public float InterpolatedScaleAspectRatio { get; init; } = 1;

    /// <summary>Whether all anchors have the size 1.</summary>
    [GraphField(14)]
    public bool FixedAnchorSize { get; init; }

    /// <summary>Whether the layers are levels of powers of two.</summary>
    [GraphField(15)]
    public bool MultiscaleAnchorGeneration { get; init; }

    /// <summary>The first level.</summary>
    [GraphField(16)]
    public int MinLevel { get; init; } = 3;

    /// <summary>The last level.</summary>
    [GraphField(17)]
    public int MaxLevel { get; init; } = 7;

    /// <summary>Size of a level's anchors in its strides.</summary>
    [GraphField(18)]
    public float AnchorScale { get; init; } = 4;

    /// <summary>Sizes of a level.</summary>
    [GraphField(19)]
    public int ScalesPerOctave { get; init; } = 2;

    /// <summary>Whether anchors of levels are shares of the image; otherwise pixels.</summary>
    [GraphField(20)]
    public bool NormalizeCoordinates { get; init; } = true;

    /// <summary>The anchors themselves, in place of a grid.</summary>
    [GraphField(21)]
    public ImmutableArray<Anchor> FixedAnchors { get; init; } = [];
}
