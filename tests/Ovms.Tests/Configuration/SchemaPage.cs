using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ovms.Configuration;
using Ovms.Options;

namespace Ovms.Tests.Configuration;

/// <summary>Writes docs/config.schema.json from the option tables.</summary>
internal static class SchemaPage
{
    public static string Write()
    {
        string wrapped(ReadOnlySpan<byte> entry) => $$$"""{"type":"object","additionalProperties":false,"required":["{{{ConfigSections.Entry}}}"],"properties":{"{{{ConfigSections.Entry}}}":{{{Text(entry)}}}}}""";
        string list(string entry) => $$"""{"type":"array","items":{{entry}}}""";
        (string Key, string Schema)[] sections =
        [
            (ConfigSections.Models, list(wrapped(ModelOptions.SchemaJson))),
            (ConfigSections.Graphs, list(Text(GraphOptions.SchemaJson))),
            (ConfigSections.Pipelines, list(Text(PipelineOptions.SchemaJson))),
            (ConfigSections.NodeLibraries, list(Text(LibraryOptions.SchemaJson))),
            (ConfigSections.Loaders, list(wrapped(LoaderOptions.SchemaJson))),
            (ConfigSections.Monitoring, $$$"""{"type":"object","additionalProperties":false,"required":["{{{ConfigSections.Metrics}}}"],"properties":{"{{{ConfigSections.Metrics}}}":{{{Text(MetricsOptions.SchemaJson)}}}}}"""),
        ];
        string properties = string.Join(',', sections.Select(static section => $"\"{section.Key}\":{section.Schema}"));
        string schema = $$$"""
            {"$schema":"https://json-schema.org/draft/2020-12/schema","title":"OpenVINO Model Server config.json","type":"object","additionalProperties":false,
            "required":["{{{ConfigSections.Models}}}"],"properties":{ {{{properties}}} }}
            """;
        using JsonDocument document = JsonDocument.Parse(schema);
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            document.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static string Text(ReadOnlySpan<byte> json) => Encoding.UTF8.GetString(json);
}
