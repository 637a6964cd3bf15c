using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ovms.Options.Parsing;

namespace Ovms.Configuration;

/// <summary>
/// Puts environment variables into the strings of a JSON text: <c>${NAME}</c>, <c>${NAME:-what else}</c>; <c>$${</c> stands for
/// <c>${</c>. Keys are left as they are. The text that comes out has no string that is not valid text.
/// </summary>
/// <param name="variable">Gives a variable's value; null for none.</param>
/// <param name="findings">Takes the problems, with JSON paths.</param>
internal sealed class EnvironmentReferences(Func<string, string?> variable, OptionFindings findings)
{
    private const string Forms = "the forms are ${NAME} and ${NAME:-value without the variable}, and $${ stands for ${ itself";

    /// <summary>
    /// Characters that all values together may bring. A file of 16 MiB can name a variable three million times, and a variable may hold
    /// 128 KiB.
    /// </summary>
    public const int MaxCharacters = 4 << 20;

    private readonly List<(string Path, int Index)> _open = [];
    private string _key = "$";
    private int _left = MaxCharacters;

    /// <summary>Reads the whole text.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="maxDepth">Levels of arrays and objects that are read.</param>
    /// <returns>The text with the values.</returns>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public ReadOnlyMemory<byte> Expand(ReadOnlySpan<byte> json, int maxDepth)
    {
        ArrayBufferWriter<byte> output = new(json.Length + 1);
        using Utf8JsonWriter writer = new(output, new JsonWriterOptions { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
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

    /// <summary>The path of the value that comes next; within an array it counts on.</summary>
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
                TellTooMuch(path);
                return text;
            }

            _left -= value.Length;
            result.Append(value);
            from = end + 1;
        }

        return result.Append(text, from, text.Length - from).ToString();
    }

    // Told once: what comes after it would only repeat it.
    private void TellTooMuch(string path)
    {
        if (_left >= 0)
        {
            findings.Add(OptionError.Malformed(path, $"with its value, the values of environment variables in this file have more than {MaxCharacters} characters", "write less with them"));
        }

        _left = -1;
    }

    // As in a shell, what stands behind :- is for a variable that is unset or empty.
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
            findings.Add(OptionError.Malformed(path, $"the environment variable {name} is not set", $"set it, or write ${{{name}:-value}}"));
        }

        return value;
    }

    // Broken surrogates and bytes that are no UTF-8 are found only when the text is taken.
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
