using System.Text;
using System.Text.Json;
using Ovms.Disk;
using Ovms.Status;

namespace Ovms.Repository.Language;

/// <summary>The chat template that counts among all places where one may be.</summary>
/// <param name="Text">The template.</param>
/// <param name="ForTools">The template for requests with tools; null if it is the same.</param>
/// <param name="Source">The file that it is from.</param>
internal sealed record ChatTemplate(string Text, string? ForTools, string Source)
{
    private const long MostBytes = 4 << 20;
    private const string Key = "chat_template";

    /// <summary>
    /// Looks in tokenizer_config.json, processor_config.json, chat_template.json, chat_template.jinja and the tokenizer IR; the last one
    /// that has a template counts. additional_chat_templates/tool_use.jinja is the template for tools.
    /// </summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="tokenizerConfig">The object of tokenizer_config.json.</param>
    /// <param name="ofTokenizer">The template in the tokenizer IR; null if it has none.</param>
    /// <param name="warnings">Gets a sentence for each file that cannot be read.</param>
    /// <returns>The template; null if there is none.</returns>
    public static ChatTemplate? Find(LanguageFolder folder, JsonElement tokenizerConfig, string? ofTokenizer, List<string> warnings)
    {
        ChatTemplate? found = Of(tokenizerConfig, folder.In(SpecialTokenFiles.TokenizerConfig));
        foreach (string name in new[] { "processor_config.json", "chat_template.json" })
        {
            Outcome<JsonElement> json = JsonFacts.Read(folder.In(name));
            if (json.IsOk)
            {
                found = Over(found, Of(json.Value, folder.In(name)));
            }
            else
            {
                warnings.Add(json.Text);
            }
        }

        found = Over(found, Plain(folder.In("chat_template.jinja"), warnings));
        if (ofTokenizer is not null)
        {
            found = Over(found, new ChatTemplate(ofTokenizer, null, folder.Tokenizer));
        }

        return found is not null
            && Plain(System.IO.Path.Combine(folder.In("additional_chat_templates"), "tool_use.jinja"), warnings) is { } forTools
            ? found with { ForTools = forTools.Text }
            : found;
    }

    // A later source without a template for tools does not hide that of an earlier one.
    private static ChatTemplate? Over(ChatTemplate? earlier, ChatTemplate? later) =>
        later is null ? earlier : later with { ForTools = later.ForTools ?? earlier?.ForTools };

    // One text, or a list of texts with names.
    private static ChatTemplate? Of(JsonElement owner, string path)
    {
        switch (JsonFacts.Find(owner, Key))
        {
            case { ValueKind: JsonValueKind.String } text:
                return text.GetString() is { Length: > 0 } template ? new ChatTemplate(template, null, path) : null;
            case { ValueKind: JsonValueKind.Array } list:
                string? forTools = Named(list, "tool_use");
                return Named(list, "default") is { } named ? new ChatTemplate(named, forTools, path)
                    : forTools is not null ? new ChatTemplate(forTools, forTools, path)
                    : null;
            default:
                return null;
        }
    }

    private static string? Named(JsonElement list, string name) => list.EnumerateArray()
        .Where(item => JsonFacts.Text(item, "name") == name)
        .Select(static item => JsonFacts.Text(item, "template"))
        .FirstOrDefault(static text => !string.IsNullOrEmpty(text));

    private static ChatTemplate? Plain(string path, List<string> warnings)
    {
        if (!Path.Exists(path))
        {
            return null;
        }

        Outcome<byte[]> file = BoundedFile.Read(path, MostBytes);
        if (!file.IsOk)
        {
            warnings.Add(file.Text);
            return null;
        }

        return Encoding.UTF8.GetString(ByteOrderMark.Skip(file.Value).Span) is { Length: > 0 } text
            ? new ChatTemplate(text, null, path)
            : null;
    }
}
