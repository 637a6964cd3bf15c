namespace Ovms.Native;

/// <summary>Algorithms for resizing images (<c>ov_preprocess_resize_algorithm_e</c>).</summary>
public enum ResizeAlgorithm
{
    /// <summary>Bilinear.</summary>
    Linear = 0,
    /// <summary>Cubic.</summary>
    Cubic,
    /// <summary>Nearest neighbour.</summary>
    Nearest,
}
