using System.Text.Json;
using Ovms.Status;

namespace Ovms.Language.Chat;

/// <summary>Makes the prompts of a model's conversations, with a template of its own where there are tools.</summary>
internal sealed class ChatPrompt
{
    private readonly ChatTemplate _template;
    private readonly ChatTemplate _forTools;
    private readonly TimeProvider _clock;

    private ChatPrompt(ChatTemplate template, ChatTemplate forTools, TimeProvider clock) =>
        (_template, _forTools, _clock) = (template, forTools, clock);

    /// <summary>Parses the templates of a model.</summary>
    /// <param name="text">The template.</param>
    /// <param name="forTools">The template for requests with tools; null if it is the same.</param>
    /// <param name="constants">The texts of the tokens with a role, by the names of the variables.</param>
    /// <param name="clock">The source of time.</param>
    public static Outcome<ChatPrompt> Of(
        string text, string? forTools, IReadOnlyDictionary<string, string> constants, TimeProvider clock)
    {
        Outcome<ChatTemplate> template = ChatTemplate.Parse(text, constants);
        Outcome<ChatTemplate> tools = forTools is null ? template : ChatTemplate.Parse(forTools, constants);
        return !template.IsOk ? template.WithoutValue
            : !tools.IsOk ? tools.WithoutValue
            : new ChatPrompt(template.Value, tools.Value, clock);
    }

    /// <summary>Makes a prompt.</summary>
    /// <param name="messages">The array of messages.</param>
    /// <param name="tools">The array of tools; undefined for none.</param>
    /// <param name="variables">The object of further variables; undefined for none.</param>
    /// <param name="addGenerationPrompt">Whether the prompt ends with the head of the assistant's answer.</param>
    public Outcome<string> Render(JsonElement messages, JsonElement tools, JsonElement variables, bool addGenerationPrompt) =>
        (tools.ValueKind == JsonValueKind.Array ? _forTools : _template)
            .Render(messages, tools, addGenerationPrompt, variables, _clock.GetLocalNow().DateTime);
}
