using Ovms.Language.Templates;
using Ovms.Language.Values;

namespace Ovms.Language.Chat;

/// <summary>
/// Finds out what a chat template expects, by rendering small conversations with marked texts. Templates differ in what they refuse and
/// in what they lose in silence, and nothing else tells.
/// </summary>
/// <param name="template">The template.</param>
/// <param name="constants">The variables that do not depend on the request.</param>
internal sealed class ChatProbe(Template template, JinjaDict constants)
{
    private const string Mark = "qzmarkq";

    private static readonly JinjaValue s_user = Message("user", "Hi");
    private static readonly JinjaValue s_tools = JinjaValue.List(Dict(("type", "function"), ("function", Dict(
        ("name", "look_up"), ("description", "Looks up"), ("parameters", Dict(
            ("type", "object"), ("properties", Dict(("word", Dict(("type", "string"))))), ("required", JinjaValue.List("word"))))))));

    // Arguments without members, in both forms.
    private static readonly JinjaValue[] s_forms = [Dict(), "{}"];

    /// <summary>Runs all probes.</summary>
    public ChatTraits Run()
    {
        JinjaValue parts = JinjaValue.List(Dict(("type", "text"), ("text", Mark)));
        HashSet<string> roles = [];
        if (Takes(Message("system", parts), s_user))
            roles.Add("system");

        if (Takes(Message("developer", parts), s_user))
            roles.Add("developer");

        if (Takes(Message("user", parts)))
            roles.Add("user");

        if (Takes(s_user, Message("assistant", parts), s_user))
            roles.Add("assistant");

        if (s_forms.Any(arguments => Takes(s_user, Calling("", arguments), Result(parts))))
            roles.Add("tool");

        return new ChatTraits(Prints(Message("developer", Mark), s_user), WantsNull(), roles, Arguments(), ReasoningName());
    }

    private static JinjaValue Dict(params (string Name, JinjaValue Value)[] members)
    {
        JinjaDict dict = new(members.Length);
        foreach ((string name, JinjaValue value) in members)
            dict.Set(name, value);

        return JinjaValue.Dict(dict);
    }

    private static JinjaValue Message(string role, JinjaValue content, params (string Name, JinjaValue Value)[] more) =>
        Dict([("role", role), ("content", content), .. more]);

    private static JinjaValue Result(JinjaValue content) => Message("tool", content, ("tool_call_id", "call00001"), ("name", "look_up"));

    private static JinjaValue Calling(JinjaValue content, JinjaValue arguments, params (string Name, JinjaValue Value)[] more)
    {
        JinjaValue call = Dict(("id", "call00001"), ("type", "function"),
            ("function", Dict(("name", "look_up"), ("arguments", arguments))));
        return Message("assistant", content, [("tool_calls", JinjaValue.List(call)), .. more]);
    }

    // What the template makes of the messages, or null if it fails.
    private string? Render(params JinjaValue[] messages)
    {
        JinjaDict variables = new(constants.Count + 4);
        for (int i = 0; i < constants.Count; i++)
            variables.Set(constants.At(i).Key, constants.At(i).Value);

        variables.Set("messages", JinjaValue.List(messages));
        variables.Set("tools", s_tools);
        variables.Set("documents", JinjaValue.None);
        variables.Set("add_generation_prompt", true);
        return template.Render(JinjaValue.Dict(variables), TemplateLimits.OfProbe, DateTime.UnixEpoch).Value;
    }

    private bool Prints(params JinjaValue[] messages) => Render(messages)?.Contains(Mark, StringComparison.Ordinal) ?? false;

    // Whether the text of a part is printed as a text, not as the Python or JSON of its object.
    private bool Takes(params JinjaValue[] messages) => Render(messages) is { } text && text.Contains(Mark, StringComparison.Ordinal)
        && !text.Contains($"'{Mark}'", StringComparison.Ordinal) && !text.Contains($"\"{Mark}", StringComparison.Ordinal);

    // Null is wanted where it is understood and makes a difference. A template that fails with one form of arguments may take the other.
    private bool WantsNull()
    {
        foreach (JinjaValue arguments in s_forms)
        {
            string? withNull = Render(s_user, Calling(JinjaValue.None, arguments));
            if (withNull is not null && !withNull.Contains("None", StringComparison.Ordinal)
                && withNull != Render(s_user, Calling("", arguments)))
            {
                return true;
            }
        }

        return false;
    }

    private ArgumentForm Arguments()
    {
        bool text = PrintsArguments($"{{\"{Mark}\": \"x\"}}"), members = PrintsArguments(Dict((Mark, "x")));
        return text == members ? ArgumentForm.Any : members ? ArgumentForm.Object : ArgumentForm.Text;

        bool PrintsArguments(JinjaValue arguments) =>
            PrintsName(Render(s_user, Calling("", arguments))) || PrintsName(Render(s_user, Calling(JinjaValue.None, arguments)));

        // The name of an argument, in JSON, Python or a tag; a text that is escaped once more does not count.
        static bool PrintsName(string? prompt) => prompt is not null
            && (prompt.Contains($"\"{Mark}\":", StringComparison.Ordinal) || prompt.Contains($"'{Mark}':", StringComparison.Ordinal)
                || prompt.Contains($"={Mark}>", StringComparison.Ordinal) || prompt.Contains($">{Mark}<", StringComparison.Ordinal)
                || prompt.Contains($"{Mark}:", StringComparison.Ordinal) || prompt.Contains($"{Mark}=", StringComparison.Ordinal));
    }

    private string ReasoningName()
    {
        foreach (string name in new[] { "reasoning_content", "reasoning", "thinking" })
        {
            if (Prints(s_user, Message("assistant", "Yes", (name, Mark)))
                || s_forms.Any(arguments => Prints(s_user, Calling("", arguments, (name, Mark)), Result("found"))))
            {
                return name;
            }
        }

        return "reasoning_content";
    }
}
