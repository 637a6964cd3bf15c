using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Ovms.Observability;

/// <summary>
/// Formats a log line as one JSON object with <c>time</c>, <c>level</c>, <c>area</c>, <c>event</c>, <c>call</c> (for lines about a call),
/// <c>message</c>, <c>fields</c> and <c>exception</c>. The result is valid JSON whatever the texts contain.
/// </summary>
internal static class JsonLogLine
{
    /// <summary>The field with the call's id, in lines about a call.</summary>
    public const string Call = "Call";

    private const string Template = "{OriginalFormat}";

    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Formats a line. It ends with a newline.</summary>
    /// <inheritdoc cref="LogLine.Write"/>
    public static string Write(LogEntry entry, bool withStackTrace)
    {
        ArrayBufferWriter<byte> line = new();
        using (Utf8JsonWriter json = new(line, s_options))
        {
            json.WriteStartObject();
            json.WriteString("time", entry.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteString("level", entry.LevelText);
            json.WriteString("area", entry.Part);
            if (!string.IsNullOrEmpty(entry.Event.Name))
            {
                json.WriteString("event", entry.Event.Name);
            }

            IEnumerable<KeyValuePair<string, object?>> named = (entry.Fields ?? []).Where(static field => field.Key != Template);
            List<KeyValuePair<string, object?>> fields = [.. named.DistinctBy(static field => field.Key)];
            int call = fields.FindIndex(static field => field.Key == Call);
            if (call >= 0)
            {
                WriteValue(json, "call", fields[call].Value);
                fields.RemoveAt(call);
            }

            json.WriteString("message", entry.Message);
            if (fields.Count > 0)
            {
                json.WriteStartObject("fields");
                foreach ((string name, object? value) in fields)
                {
                    WriteValue(json, char.ToLowerInvariant(name[0]) + name[1..], value);
                }

                json.WriteEndObject();
            }

            if (entry.Exception is { } exception)
            {
                json.WriteString("exception", withStackTrace ? exception.ToString() : exception.Message);
            }

            json.WriteEndObject();
        }

        line.Write("\n"u8);
        return VisibleText.Of(Encoding.UTF8.GetString(line.WrittenSpan));
    }

    private static void WriteValue(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNull(name);
                break;
            case bool flag:
                json.WriteBoolean(name, flag);
                break;
            case int or uint or long or short or ushort or byte or sbyte:
                json.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case ulong number:
                json.WriteNumber(name, number);
                break;
            case double number when double.IsFinite(number):
                json.WriteNumber(name, number);
                break;
            case float number when float.IsFinite(number):
                json.WriteNumber(name, number);
                break;
            default:
                json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }
}
