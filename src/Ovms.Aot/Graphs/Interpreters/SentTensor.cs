namespace Ovms.Graphs.Interpreters;

/// <summary>A tensor for the handler.</summary>
/// <param name="Name">Its name there.</param>
/// <param name="Datatype">The datatype as its sender states it; any text.</param>
/// <param name="Shape">The shape as its sender states it.</param>
/// <param name="Address">Its bytes, which live until the question is written.</param>
/// <param name="Length">Their number.</param>
internal readonly record struct SentTensor(string Name, string Datatype, long[] Shape, nint Address, int Length)
{
    /// <summary>What Python's buffer protocol says of the bytes; null if the datatype tells.</summary>
    public BufferForm? Buffer { get; init; }

    /// <summary>Its bytes.</summary>
    public unsafe ReadOnlySpan<byte> Bytes => new((void*)Address, Length);
}

/// <summary>What Python's buffer protocol says of a tensor's bytes.</summary>
/// <param name="Format">The format of one item, as Python's module struct writes it.</param>
/// <param name="Shape">The shape of the buffer, which may differ from what its maker states.</param>
internal sealed record BufferForm(string Format, long[] Shape);
