using System.Buffers;
using System.Text.Json;

namespace Ovms.Tensors;

/// <summary>
/// NaN, Infinity and -Infinity without quotes. They are not JSON, but Python's json module writes them, and clients based on it send them.
/// <see cref="Mark"/> replaces each name in place by a string of the same length that begins with a byte never found in UTF-8. The
/// tokenizer accepts the string. The readers of floating-point values recognise the mark; all other readers reject it.
/// </summary>
internal static class BareName
{
    private const byte NaNMark = 0xFF;
    private const byte InfinityMark = 0xFE;
    private const byte NegativeMark = 0xFD;

    private static readonly SearchValues<byte> s_begins = SearchValues.Create("\"NI-"u8);

    private static ReadOnlySpan<byte> NaN => "NaN"u8;

    private static ReadOnlySpan<byte> Infinity => "Infinity"u8;

    private static ReadOnlySpan<byte> NegativeInfinity => "-Infinity"u8;

    /// <summary>Marks all bare names outside strings.</summary>
    /// <param name="json">Valid UTF-8; changed in place, its length stays the same.</param>
    /// <returns>Whether there were any names.</returns>
    public static bool Mark(Span<byte> json)
    {
        bool any = false;
        int at = 0;
        for (int next; (next = json[at..].IndexOfAny(s_begins)) >= 0;)
        {
            at += next;
            if (json[at] == '"')
            {
                at = EndOfString(json, at);
                continue;
            }

            (int length, byte mark) = Find(json[at..]);
            if (length > 0)
            {
                json[at] = (byte)'"';
                json[at + 1] = mark;
                json[at + length - 1] = (byte)'"';
                any = true;
            }

            at += Math.Max(length, 1);
        }

        return any;
    }

    /// <summary>Reads the value that a mark stands for.</summary>
    /// <param name="reader">Positioned on any token.</param>
    /// <param name="value">0 if the token is no mark.</param>
    public static bool TryRead(ref readonly Utf8JsonReader reader, out double value)
    {
        value = MarkOf(in reader) switch
        {
            NaNMark => double.NaN,
            InfinityMark => double.PositiveInfinity,
            NegativeMark => double.NegativeInfinity,
            _ => 0,
        };
        return value != 0;
    }

    /// <summary>The name as the caller wrote it; null if the token is no mark.</summary>
    public static string? TextOf(ref readonly Utf8JsonReader reader) => MarkOf(in reader) switch
    {
        NaNMark => "NaN",
        InfinityMark => "Infinity",
        NegativeMark => "-Infinity",
        _ => null,
    };

    private static byte MarkOf(ref readonly Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String && !reader.HasValueSequence && !reader.ValueSpan.IsEmpty ? reader.ValueSpan[0] : (byte)0;

    private static (int Length, byte Mark) Find(ReadOnlySpan<byte> text)
    {
        (int length, byte mark) =
            text.StartsWith(NaN) ? (NaN.Length, NaNMark)
            : text.StartsWith(Infinity) ? (Infinity.Length, InfinityMark)
            : text.StartsWith(NegativeInfinity) ? (NegativeInfinity.Length, NegativeMark)
            : (0, (byte)0);
        return length > 0 && EndsValue(text[length..]) ? (length, mark) : (0, (byte)0);
    }

    // Excludes keys and names that are the beginning of a longer word.
    private static bool EndsValue(ReadOnlySpan<byte> rest)
    {
        int next = rest.IndexOfAnyExcept(" \t\r\n"u8);
        return next >= 0 && rest[next] is (byte)',' or (byte)']' or (byte)'}';
    }

    private static int EndOfString(ReadOnlySpan<byte> json, int start)
    {
        int at = start + 1;
        for (int next; at < json.Length && (next = json[at..].IndexOfAny((byte)'"', (byte)'\\')) >= 0; at += 2)
        {
            at += next;
            if (json[at] == '"')
            {
                return at + 1;
            }
        }

        return json.Length;
    }
}
