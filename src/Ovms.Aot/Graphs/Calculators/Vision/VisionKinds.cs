using Ovms.Graphs.Packets;

namespace Ovms.Graphs.Calculators.Vision;

/// <summary>The kinds of packets that calculators of images and detections exchange.</summary>
internal static class VisionKinds
{
    /// <summary>An <see cref="ImagePacket"/>.</summary>
    public static PacketKind Image => new("image");

    /// <summary>An array of <see cref="Detection"/>.</summary>
    public static PacketKind Detections => new("vector of detections");

    /// <summary>One <see cref="Vision.Detection"/>.</summary>
    public static PacketKind Detection => new("detection");

    /// <summary>An array of <see cref="Anchor"/>.</summary>
    public static PacketKind Anchors => new("vector of anchors");

    /// <summary>A <see cref="RenderData"/>.</summary>
    public static PacketKind RenderData => new("render data");

    /// <summary>A <see cref="ValueVector"/> of <see cref="Vision.RenderData"/>.</summary>
    public static PacketKind RenderDataVector => new("vector of render data");

    /// <summary>Four floats: the shares of a padded image at its left, top, right and bottom.</summary>
    public static PacketKind Padding => new("letterbox padding");
}
