using System.Text.Json;
using Ovms.Language.Templates;
using Ovms.Language.Values;
using Ovms.Status;

namespace Ovms.Language.Chat;

/// <summary>The chat template of a model. It makes a prompt of the OpenAI API's messages. Several threads may use it at a time.</summary>
internal sealed class ChatTemplate
{
    private readonly Template _template;
    private readonly JinjaDict _constants;

    private ChatTemplate(Template template, JinjaDict constants, ChatTraits traits)
    {
        _template = template;
        _constants = constants;
        Traits = traits;
    }

    /// <summary>What the template expects of its messages.</summary>
    public ChatTraits Traits { get; }

    /// <summary>Parses a template and probes it once.</summary>
    /// <param name="text">The template.</param>
    /// <param name="constants">Variables that do not depend on the request: <c>bos_token</c>, <c>eos_token</c> and others.</param>
    public static Outcome<ChatTemplate> Parse(string text, IReadOnlyDictionary<string, string> constants)
    {
        Outcome<Template> template = Template.Parse(text);
        if (!template.IsOk)
            return template.WithoutValue;

        JinjaDict variables = new(constants.Count);
        foreach ((string name, string value) in constants)
            variables.Set(name, value);

        return new ChatTemplate(template.Value, variables, new ChatProbe(template.Value, variables).Run());
    }

    /// <summary>Makes the prompt.</summary>
    /// <param name="messages">The array of messages.</param>
    /// <param name="tools">The array of tools; undefined or null for none.</param>
    /// <param name="addGenerationPrompt">Whether the prompt ends with the head of the assistant's answer.</param>
    /// <param name="arguments">The object <c>chat_template_kwargs</c>: more variables; undefined or null for none.</param>
    /// <param name="now">The local time.</param>
    public Outcome<string> Render(
        JsonElement messages, JsonElement tools, bool addGenerationPrompt, JsonElement arguments, DateTime now)
    {
        Outcome<JinjaValue> list = new ChatMessages(Traits).Read(messages);
        if (!list.IsOk)
            return list.WithoutValue;

        Outcome<JinjaValue> toolList = tools.ValueKind == JsonValueKind.Undefined ? JinjaValue.None : ChatTools.Read(tools);
        if (!toolList.IsOk)
            return toolList.WithoutValue;

        JinjaDict variables = new(_constants.Count + 6);
        variables.Set("documents", JinjaValue.None);
        for (int i = 0; i < _constants.Count; i++)
            variables.Set(_constants.At(i).Key, _constants.At(i).Value);

        if (arguments.ValueKind == JsonValueKind.Object)
        {
            Outcome<JinjaValue> more = JsonValues.Read(arguments);
            if (!more.IsOk)
                return more.WithoutValue;

            for (int i = 0; i < more.Value.Members.Count; i++)
                variables.Set(more.Value.Members.At(i).Key, more.Value.Members.At(i).Value);
        }

        variables.Set("messages", list.Value);
        variables.Set("tools", toolList.Value.IsTrue ? toolList.Value : JinjaValue.None);
        variables.Set("add_generation_prompt", addGenerationPrompt);
        return _template.Render(JinjaValue.Dict(variables), TemplateLimits.Default, now);
    }
}
