using Ovms.Graphs.Packets;

namespace Ovms.Graphs.Calculators.Vision;

/// <summary>The positions of the ports of an image transformation; −1 for one that the node does not have.</summary>
/// <param name="Image">Input IMAGE.</param>
/// <param name="Result">Output IMAGE.</param>
internal sealed record ImageTransformationPorts(int Image, int Result)
{
    /// <summary>Input OUTPUT_DIMENSIONS.</summary>
    public int Size { get; private init; }

    /// <summary>Input ROTATION_DEGREES.</summary>
    public int Degrees { get; private init; }

    /// <summary>Input FLIP_HORIZONTALLY.</summary>
    public int Horizontal { get; private init; }

    /// <summary>Input FLIP_VERTICALLY.</summary>
    public int Vertical { get; private init; }

    /// <summary>Input side packet OUTPUT_DIMENSIONS.</summary>
    public int SizeSide { get; private init; }

    /// <summary>Input side packet ROTATION_DEGREES.</summary>
    public int DegreesSide { get; private init; }

    /// <summary>Input side packet FLIP_HORIZONTALLY.</summary>
    public int HorizontalSide { get; private init; }

    /// <summary>Input side packet FLIP_VERTICALLY.</summary>
    public int VerticalSide { get; private init; }

    /// <summary>Output LETTERBOX_PADDING.</summary>
    public int Padding { get; private init; }

    /// <summary>Finds them. Whole numbers of side packets may have 32 or 64 bits, because a request's parameters have 64.</summary>
    public static ImageTransformationPorts Of(PortFinder finder) =>
        new(finder.Input("IMAGE", VisionKinds.Image), finder.Output("IMAGE", VisionKinds.Image))
        {
            Size = finder.OptionalInput("OUTPUT_DIMENSIONS", PacketKind.Pair),
            Degrees = finder.OptionalInput("ROTATION_DEGREES", PacketKind.Int32),
            Horizontal = finder.OptionalInput("FLIP_HORIZONTALLY", PacketKind.Bool),
            Vertical = finder.OptionalInput("FLIP_VERTICALLY", PacketKind.Bool),
            SizeSide = finder.OptionalInputSide("OUTPUT_DIMENSIONS", PacketKind.Pair),
            DegreesSide = finder.OptionalInputSide("ROTATION_DEGREES"),
            HorizontalSide = finder.OptionalInputSide("FLIP_HORIZONTALLY", PacketKind.Bool),
            VerticalSide = finder.OptionalInputSide("FLIP_VERTICALLY", PacketKind.Bool),
            Padding = finder.OptionalOutput("LETTERBOX_PADDING", VisionKinds.Padding),
        };
}
