using System.Text.Json;

namespace Ovms.Wire;

/// <summary>
/// Finds texts in JSON that are no texts: a <c>\u</c> escape may give half of a surrogate pair. A JSON reader accepts it, and throws only
/// when the text is read.
/// </summary>
internal static class JsonEscapes
{
    /// <summary>The offset of the first text, or name of a member, that has half of a surrogate pair; -1 if there is none.</summary>
    /// <param name="json">Valid JSON.</param>
    /// <param name="options">How to read it.</param>
    /// <param name="namesOnly">Whether only names of members count.</param>
    public static long FirstHalf(ReadOnlySpan<byte> json, JsonReaderOptions options, bool namesOnly = false)
    {
        if (json.IndexOf("\\ud"u8) < 0 && json.IndexOf("\\uD"u8) < 0)
        {
            return -1;
        }

        Utf8JsonReader reader = new(json, options);
        while (reader.Read())
        {
            bool counts = reader.TokenType == JsonTokenType.PropertyName || (!namesOnly && reader.TokenType == JsonTokenType.String);
            if (counts && reader.ValueIsEscaped && !IsText(reader))
            {
                return reader.TokenStartIndex;
            }
        }

        return -1;
    }

    private static bool IsText(in Utf8JsonReader reader)
    {
        try
        {
            reader.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
