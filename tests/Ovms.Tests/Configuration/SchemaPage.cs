using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ovms.Configuration;
using Ovms.Options;

namespace Ovms.Tests.Configuration;

/// <summary>Writes docs/config.schema.json from the option tables.</summary>
internal static class SchemaPage
{
    public static string Write()
    {
        string wrapped(string entry) => $$$"""{"type":"object","additionalProperties":false,"required":["{{{ConfigSections.Entry}}}"],"properties":{"{{{ConfigSections.Entry}}}":{{{entry}}}}}""";
        string list(string entry) => $$"""{"type":"array","items":{{entry}}}""";
        (string Key, string Schema)[] sections =
        [
            (ConfigSections.Models, list(wrapped(With(ModelOptions.SchemaJson, ConfigForms.OfModel)))),
            (ConfigSections.Graphs, list(Text(GraphOptions.SchemaJson))),
            (ConfigSections.Pipelines, list(With(PipelineOptions.SchemaJson, ConfigForms.OfPipeline))),
            (ConfigSections.NodeLibraries, list(Text(LibraryOptions.SchemaJson))),
            (ConfigSections.Loaders, list(wrapped(Text(LoaderOptions.SchemaJson)))),
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

    // Keywords of objects and arrays say nothing of other kinds, so that a form goes beside the row's own type.
    private static string With(ReadOnlySpan<byte> table, IReadOnlyDictionary<string, JsonForm> forms)
    {
        JsonNode schema = JsonNode.Parse(table)!;
        foreach ((string key, JsonForm form) in forms)
        {
            foreach ((string keyword, JsonNode? value) in JsonNode.Parse($"{{{form.Schema}}}")!.AsObject().Where(static pair => pair.Key != "type"))
            {
                schema["properties"]![key]![keyword] = value!.DeepClone();
            }
        }

        return schema.ToJsonString();
    }

    private static string Text(ReadOnlySpan<byte> json) => Encoding.UTF8.GetString(json);
}
