namespace Ovms.Native;

/// <summary>Colour formats of image inputs (<c>ov_color_format_e</c>).</summary>
public enum ColorFormat
{
    /// <summary>Not specified.</summary>
    Undefined = 0,
    /// <summary>NV12, one plane.</summary>
    Nv12SinglePlane,
    /// <summary>NV12, separate planes for luma and chroma.</summary>
    Nv12TwoPlanes,
    /// <summary>I420, one plane.</summary>
    I420SinglePlane,
    /// <summary>I420, three planes.</summary>
    I420ThreePlanes,
    /// <summary>Red, green, blue.</summary>
    Rgb,
    /// <summary>Blue, green, red.</summary>
    Bgr,
    /// <summary>One channel.</summary>
    Gray,
    /// <summary>Red, green, blue, unused.</summary>
    Rgbx,
    /// <summary>Blue, green, red, unused.</summary>
    Bgrx,
}
