using System.Numerics;
using System.Runtime.InteropServices;

namespace Ovms.Language.Sampling;

/// <summary>
/// A row cut into blocks that stay in the first cache, and whose sums in single precision lose nothing that matters. All loops over a row
/// use <see cref="Vector{T}"/>, which has the width of the machine the binary was compiled for; a native binary without further options
/// takes 128 bits, of which it reads a row as fast as the second cache gives it.
/// </summary>
internal static class Blocks
{
    /// <summary>Most blocks that a row has.</summary>
    public const int Most = 256;

    // A multiple of every width of vectors, so that only the last block has a remainder.
    private const int Unit = 64;

    /// <summary>The length of all blocks but the last.</summary>
    /// <param name="length">The row's length.</param>
    public static int LengthOf(int length) => Math.Max(Unit, ((length - 1) / Most / Unit + 1) * Unit);

    /// <summary>The whole vectors of a block. What is left over is the block from <see cref="VectorsEnd"/> on.</summary>
    public static ReadOnlySpan<Vector<float>> VectorsOf(ReadOnlySpan<float> block) => MemoryMarshal.Cast<float, Vector<float>>(block);

    /// <inheritdoc cref="VectorsOf(ReadOnlySpan{float})"/>
    public static Span<Vector<float>> VectorsOf(Span<float> block) => MemoryMarshal.Cast<float, Vector<float>>(block);

    /// <summary>Index of the first element that no whole vector covers.</summary>
    public static int VectorsEnd(int length) => length - (length % Vector<float>.Count);
}
