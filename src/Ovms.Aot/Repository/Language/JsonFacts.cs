using System.Text.Json;
using Ovms.Disk;
using Ovms.Status;
using Ovms.Wire;

namespace Ovms.Repository.Language;

/// <summary>
/// A JSON file beside a language model, as Python's json module writes it: it may hold NaN and Infinity, which are no JSON; they are
/// read as values that are no numbers.
/// </summary>
internal static class JsonFacts
{
    private const long MostBytes = 16 << 20;

    private static readonly JsonDocumentOptions s_options = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
        MaxDepth = 64,
    };

    /// <summary>Reads a file that holds a JSON object.</summary>
    /// <returns>The object, an empty one if there is no such file, or why the file cannot be used.</returns>
    public static Outcome<JsonElement> Read(string path)
    {
        if (!Path.Exists(path))
        {
            return Empty();
        }

        Outcome<byte[]> file = BoundedFile.Read(path, MostBytes);
        if (!file.IsOk)
        {
            return file.WithoutValue;
        }

        try
        {
            byte[] text = ByteOrderMark.Skip(file.Value).ToArray();
            BlankNonNumbers(text);
            using JsonDocument document = JsonDocument.Parse(text, s_options);
            JsonReaderOptions again = new()
            {
                AllowTrailingCommas = s_options.AllowTrailingCommas,
                CommentHandling = s_options.CommentHandling,
                MaxDepth = s_options.MaxDepth,
            };
            return JsonEscapes.FirstHalf(text, again) is >= 0 and var offset
                ? Outcome.Fail(
                    StatusCode.LanguageFileInvalid,
                    $"{path}: the text at offset {offset} has a \\u escape that is only half of a surrogate pair. "
                        + "Mend the file, or export the model again.")
                : document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : Outcome.Fail(
                    StatusCode.LanguageFileInvalid,
                    $"{path} holds {KindOf(document.RootElement.ValueKind)}; expected a JSON object. "
                        + "Mend the file, or export the model again.");
        }
        catch (JsonException failure)
        {
            return Outcome.Fail(
                StatusCode.LanguageFileInvalid,
                $"{path} is no JSON: {failure.Message.TrimEnd('.')}. Mend the file, or export the model again.");
        }
    }

    /// <summary>A text; null if the object has none of the name.</summary>
    public static string? Text(JsonElement owner, string name) =>
        Find(owner, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <summary>A whole number that is not negative; null if the object has none of the name.</summary>
    public static int? Count(JsonElement owner, string name) =>
        Find(owner, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out double number)
        && number >= 0 && number <= int.MaxValue && number == Math.Floor(number)
            ? (int)number
            : null;

    /// <summary>A value; null if the object has none of the name, if it is null, or if the owner is no object.</summary>
    public static JsonElement? Find(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out JsonElement value)
        && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    private static string KindOf(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => kind == JsonValueKind.True ? "true" : "false",
    };

    private static JsonElement Empty()
    {
        using JsonDocument document = JsonDocument.Parse("{}");
        return document.RootElement.Clone();
    }

    // Writes an empty text over NaN, Infinity and -Infinity outside of texts.
    private static void BlankNonNumbers(Span<byte> text)
    {
        bool isText = false;
        for (int i = 0; i < text.Length; i++)
        {
            if (isText && text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == '"')
            {
                isText = !isText;
            }
            else if (!isText && text[i] is (byte)'N' or (byte)'I' or (byte)'-')
            {
                Span<byte> rest = text[i..];
                int length = rest.StartsWith("NaN"u8) ? 3 : rest.StartsWith("Infinity"u8) ? 8 : rest.StartsWith("-Infinity"u8) ? 9 : 0;
                if (length > 0)
                {
                    rest[..length].Fill((byte)' ');
                    "\"\""u8.CopyTo(rest);
                    i += length - 1;
                }
            }
        }
    }
}
