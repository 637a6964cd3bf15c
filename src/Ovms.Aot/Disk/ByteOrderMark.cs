namespace Ovms.Disk;

/// <summary>The byte order mark that some editors write at the beginning of a UTF-8 file. JSON parsers refuse it.</summary>
internal static class ByteOrderMark
{
    /// <summary>The bytes of a text file without the mark, if it begins with one.</summary>
    public static ReadOnlyMemory<byte> Skip(byte[] text) =>
        text.AsSpan().StartsWith("\uFEFF"u8) ? text.AsMemory("\uFEFF"u8.Length) : text;
}
