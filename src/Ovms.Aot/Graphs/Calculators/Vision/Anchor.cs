using Ovms.Configuration.Graphs;

namespace Ovms.Graphs.Calculators.Vision;

/// <summary>A box that boxes of a model are relative to, in shares of the image. Source: the original's Anchor.</summary>
[GraphMessage("mediapipe.Anchor")]
internal sealed partial record Anchor
{
    /// <summary>Centre, from the left.</summary>
    [GraphField(1)]
    public float XCenter { get; init; }

    /// <summary>Centre, from the top.</summary>
    [GraphField(2)]
    public float YCenter { get; init; }

    /// <summary>Height.</summary>
    [GraphField(3)]
    public float H { get; init; }

    /// <summary>Width.</summary>
    [GraphField(4)]
    public float W { get; init; }
}
