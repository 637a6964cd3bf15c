using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ovms.Options.Parsing;

namespace Ovms.Configuration;

/// <summary>
/// Expands environment variables in the strings of a JSON text: <c>${NAME}</c>, <c>${NAME:-default}</c>; <c>$${</c> stands for <c>${</c>.
/// Keys are not expanded. All strings of the result are valid Unicode.
/// </summary>
/// <param name="variable">Returns a variable's value; null if unset.</param>
/// <param name="findings">Collects the problems, with JSON paths.</param>
internal sealed class EnvironmentReferences(Func<string, string?> variable, OptionFindings findings)
{
    private const string Forms = "the forms are ${NAME} and ${NAME:-value without the variable}, and $${ stands for ${ itself";

    /// <summary>
    /// Most characters that all values together may add. A file of 16 MiB can name a variable three million times, and a variable may hold
    /// 128 KiB.
    /// </summary>
    public const int MaxCharacters = 4 << 20;

    private readonly List<(string Path, int Index)> _open = [];
    private string _key = "$";
    private int _left = MaxCharacters;

    /// <summary>Expands the whole text.</summary>
    /// <param name="json">The text, in UTF-8.</param>
    /// <param name="maxDepth">Deepest nesting that is read.</param>
    /// <returns>The expanded text.</returns>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public ReadOnlyMemory<byte> Expand(ReadOnlySpan<byte> json, int maxDepth)
    {
        ArrayBufferWriter<byte> output = new(json.Length + 1);
        using Utf8JsonWriter writer =
            new(output, new JsonWriterOptions { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = maxDepth });
        while (reader.Read())
        {
            Copy(ref reader, writer);
        }

        writer.Flush();
        return output.WrittenMemory;
    }

    private void Copy(ref Utf8JsonReader reader, Utf8JsonWriter writer)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                string key = Text(ref reader, _open[^1].Path, "a key") ?? "";
                _key = OptionJsonReader.Member(_open[^1].Path, key);
                writer.WritePropertyName(key);
                break;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                _open.RemoveAt(_open.Count - 1);
                Write(ref reader, writer, "");
                break;
            default:
                string path = Path();
                Write(ref reader, writer, path);
                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                {
                    _open.Add((path, reader.TokenType == JsonTokenType.StartArray ? 0 : -1));
                }

                break;
        }
    }

    private void Write(ref Utf8JsonReader reader, Utf8JsonWriter writer, string path)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                writer.WriteStartObject();
                break;
            case JsonTokenType.EndObject:
                writer.WriteEndObject();
                break;
            case JsonTokenType.StartArray:
                writer.WriteStartArray();
                break;
            case JsonTokenType.EndArray:
                writer.WriteEndArray();
                break;
            case JsonTokenType.String:
                writer.WriteStringValue(Text(ref reader, path, "the string") is { } text ? Expand(text, path) : "");
                break;
            default:
                writer.WriteRawValue(reader.ValueSpan, skipInputValidation: true);
                break;
        }
    }

    /// <summary>The path of the next value; advances the index in an array.</summary>
    private string Path()
    {
        if (_open.Count == 0 || _open[^1].Index < 0)
        {
            return _key;
        }

        (string path, int index) = _open[^1];
        _open[^1] = (path, index + 1);
        return string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]");
    }

    private string Expand(string text, string path)
    {
        int start = text.IndexOf("${", StringComparison.Ordinal);
        if (start < 0)
        {
            return text;
        }

        StringBuilder result = new();
        int from = 0;
        for (; start >= 0; start = text.IndexOf("${", from, StringComparison.Ordinal))
        {
            if (start > from && text[start - 1] == '$')
            {
                result.Append(text, from, start - 1 - from).Append("${");
                from = start + 2;
                continue;
            }

            result.Append(text, from, start - from);
            int end = text.IndexOf('}', start);
            if (end < 0)
            {
                findings.Add(OptionError.Malformed(path, "a reference to the environment is not closed with }", Forms));
                return text;
            }

            string value = ValueOf(text[(start + 2)..end], path) ?? "";
            if (value.Length > _left)
            {
                ReportTooMuch(path);
                return text;
            }

            _left -= value.Length;
            result.Append(value);
            from = end + 1;
        }

        return result.Append(text, from, text.Length - from).ToString();
    }

    // Reported once: further messages would only repeat it.
    private void ReportTooMuch(string path)
    {
        if (_left >= 0)
        {
            findings.Add(
                OptionError.Malformed(
                    path,
                    $"with its value, the values of environment variables in this file have more than {MaxCharacters} characters",
                    "use fewer or shorter ones"));
        }

        _left = -1;
    }

    // As in a shell, the text after :- applies if the variable is unset or empty.
    private string? ValueOf(string reference, string path)
    {
        int mark = reference.IndexOf(":-", StringComparison.Ordinal);
        string name = mark < 0 ? reference : reference[..mark];
        if (name.Length == 0 || char.IsAsciiDigit(name[0]) || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_'))
        {
            findings.Add(OptionError.Malformed(path, $"'{name}' is not the name of an environment variable", Forms));
            return null;
        }

        string? value = variable(name);
        if (mark >= 0 && string.IsNullOrEmpty(value))
        {
            return reference[(mark + 2)..];
        }

        if (value is null)
        {
            findings.Add(
                OptionError.Malformed(path, $"the environment variable {name} is not set", $"set it, or write ${{{name}:-value}}"));
        }

        return value;
    }

    // Invalid surrogates and UTF-8 are detected only when the string is read.
    private string? Text(ref Utf8JsonReader reader, string path, string what)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            findings.Add(OptionError.Malformed(path, $"{what} is not valid text"));
            return null;
        }
    }
}
