using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Ovms.Bench.Measuring;

/// <summary>A report as text for programs.</summary>
internal static class ReportJson
{
    /// <summary>Writes one JSON object: what was measured, and <c>rows</c>.</summary>
    /// <param name="head">Writes the members before the rows.</param>
    /// <param name="rows">The results.</param>
    /// <param name="write">Writes one of them, as an object.</param>
    public static string Of<TRow>(Action<Utf8JsonWriter> head, IEnumerable<TRow> rows, Action<Utf8JsonWriter, TRow> write)
    {
        using MemoryStream text = new();
        // The text is for programs and terminals, not for HTML: nothing but JSON's own characters is escaped.
        using (Utf8JsonWriter writer = new(text, new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            head(writer);
            writer.WriteStartArray("rows");
            foreach (TRow row in rows)
            {
                write(writer, row);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(text.ToArray()) + "\n";
    }

    /// <summary>Writes what the figures mean, and what makes them doubtful.</summary>
    public static void WriteVerdict(Utf8JsonWriter writer, string verdict, IReadOnlyList<string> warnings)
    {
        writer.WriteString("verdict", verdict);
        writer.WriteStartArray("warnings");
        foreach (string warning in warnings)
        {
            writer.WriteStringValue(warning);
        }

        writer.WriteEndArray();
    }
}
