using System.Text.Json;
using Ovms.Options;
using Ovms.Options.Parsing;

namespace Ovms.Configuration;

/// <summary>
/// The forms of the options in an entry that are objects or arrays, at every level. A value of the wrong kind or an unknown key makes the
/// file invalid, as in the entry itself.
/// </summary>
internal static class ConfigForms
{
    private static readonly JsonForm s_property = JsonForm.Scalar(OptionJson.String | OptionJson.Number | OptionJson.Boolean);
    private static readonly JsonForm s_numbers = JsonForm.List(JsonForm.Number);
    private static readonly JsonForm s_texts = JsonForm.Map(JsonForm.Text);

    private static readonly JsonForm s_items = JsonForm.List(JsonForm.Pair(
        JsonForm.Object(new() { ["node_name"] = JsonForm.Text, ["data_item"] = JsonForm.Text }, "node_name", "data_item")));

    private static readonly JsonForm s_nodes = JsonForm.List(JsonForm.Object(
        new()
        {
            ["name"] = JsonForm.Text,
            ["type"] = JsonForm.OneOf("DL model", "custom"),
            ["model_name"] = JsonForm.Text,
            ["library_name"] = JsonForm.Text,
            ["version"] = JsonForm.WholeNumberFrom(1),
            ["params"] = s_texts,
            ["demultiply_count"] = JsonForm.WholeNumberFrom(-1),
            ["gather_from_node"] = JsonForm.Text,
            ["inputs"] = s_items,
            ["outputs"] =
                JsonForm.List(JsonForm.Object(new() { ["data_item"] = JsonForm.Text, ["alias"] = JsonForm.Text }, "data_item", "alias")),
        },
        "name",
        "type",
        "inputs",
        "outputs"));

    /// <summary>Forms of an entry without objects and arrays.</summary>
    public static IReadOnlyDictionary<string, JsonForm> None { get; } = new Dictionary<string, JsonForm>();

    /// <summary>Forms of a model's entry.</summary>
    public static IReadOnlyDictionary<string, JsonForm> OfModel { get; } = new Dictionary<string, JsonForm>
    {
        ["model_version_policy"] = JsonForm.Choice(new()
        {
            ["all"] = JsonForm.Object([]),
            ["latest"] = JsonForm.Object(new() { ["num_versions"] = JsonForm.WholeNumberFrom(1) }, "num_versions"),
            ["specific"] = JsonForm.Object(new() { ["versions"] = JsonForm.FilledList(JsonForm.WholeNumberFrom(1)) }, "versions"),
        }),
        ["shape"] = s_texts,
        ["layout"] = s_texts,
        ["mean"] = s_numbers,
        ["scale"] = s_numbers,
        ["plugin_config"] =
            JsonForm.Map(s_property, special: new() { ["DEVICE_PROPERTIES"] = JsonForm.TextOr(JsonForm.Map(JsonForm.Map(s_property))) }),
    };

    /// <summary>Forms of a pipeline's entry.</summary>
    public static IReadOnlyDictionary<string, JsonForm> OfPipeline { get; } = new Dictionary<string, JsonForm>
    {
        ["inputs"] = JsonForm.List(JsonForm.Text),
        ["nodes"] = s_nodes,
        ["outputs"] = s_items,
    };

    /// <summary>
    /// Checks an entry's objects and arrays against their forms. A value of another kind is skipped: the option's row has reported it.
    /// </summary>
    public static void Check(ConfigNode entry, IReadOnlyDictionary<string, JsonForm> forms)
    {
        if (entry.Value.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach ((string key, JsonForm form) in forms)
        {
            if (entry.Value.TryGetProperty(key, out JsonElement value) && (form.Kinds & OptionJsonReader.KindOf(value.ValueKind)) != 0)
            {
                form.Check(entry.Member(key));
            }
        }
    }
}
