using System.Numerics;
using System.Runtime.InteropServices;

namespace Ovms.Language.Sampling;

/// <summary>
/// How loops walk over a row of logits: in blocks that fit the L1 cache and are short enough to be summed in single precision, and within
/// a block in vectors. <see cref="Vector{T}"/> has 128 bits in the published binary, which is compiled for all x64 machines, and is wider
/// under the JIT compiler.
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
