using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Ovms.Tensors;

/// <summary>Formats JSON tokens for messages.</summary>
internal static class JsonToken
{
    private const int LongestQuote = 40;

    /// <summary>The token as a message quotes it, at most 40 bytes of it.</summary>
    public static string Quote(ref readonly Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.Null => "null",
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        JsonTokenType.String => BareName.TextOf(in reader) ?? $"\"{Clip(in reader)}\"",
        _ => Clip(in reader),
    };

    private static string Clip(ref readonly Utf8JsonReader reader)
    {
        Span<byte> text = stackalloc byte[LongestQuote];
        if (reader.HasValueSequence)
        {
            ReadOnlySequence<byte> value = reader.ValueSequence;
            int kept = (int)Math.Min(value.Length, LongestQuote);
            value.Slice(0, kept).CopyTo(text);
            return Encoding.UTF8.GetString(text[..kept]) + (value.Length > kept ? "..." : "");
        }

        ReadOnlySpan<byte> span = reader.ValueSpan;
        return span.Length <= LongestQuote ? Encoding.UTF8.GetString(span) : Encoding.UTF8.GetString(span[..LongestQuote]) + "...";
    }
}
