using System.Text;
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
        using (Utf8JsonWriter writer = new(text, new JsonWriterOptions { Indented = true }))
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
}
