using System.Text.Json;
using Ovms.Language.Values;
using Ovms.Status;

namespace Ovms.Language.Chat;

/// <summary>Turns the messages of a request into what the template expects. Members that the API does not name are dropped.</summary>
/// <param name="traits">What the template expects.</param>
internal sealed class ChatMessages(ChatTraits traits)
{
    /// <summary>The list of messages. An element that is no object is the caller's fault.</summary>
    public Outcome<JinjaValue> Read(JsonElement messages)
    {
        if (messages.ValueKind != JsonValueKind.Array)
            return Outcome.Fail(StatusCode.JsonInvalid, "messages are not an array");

        JinjaValue[] list = new JinjaValue[messages.GetArrayLength()];
        int count = 0;
        foreach (JsonElement message in messages.EnumerateArray())
        {
            if (message.ValueKind != JsonValueKind.Object)
                return Outcome.Fail(StatusCode.JsonInvalid, $"message {count} is not an object");

            Outcome<JinjaValue> value = JsonValues.Read(message);
            if (!value.IsOk)
                return value;

            list[count++] = JinjaValue.Dict(Message(value.Value.Members));
        }

        return JinjaValue.List(list);
    }

    private JinjaDict Message(JinjaDict given)
    {
        JinjaValue role = given.Get("role");
        if (role.IsText && role.Text == "developer" && !traits.PrintsDeveloper)
            role = "system";

        JinjaDict message = new(6);
        if (role.Kind != JinjaKind.Unset)
            message.Set("role", role);

        message.Set("content", Content(given.Get("content"), role));
        if (given.Get("tool_calls") is { Kind: JinjaKind.List, IsTrue: true } calls)
            message.Set("tool_calls", ToolCalls(calls.Items));

        foreach (string name in (ReadOnlySpan<string>)["tool_call_id", "name"])
        {
            if (given.Get(name) is { IsText: true } text)
                message.Set(name, text);
        }

        JinjaValue reasoning = given.Get("reasoning_content") is { IsText: true } own ? own : given.Get("reasoning");
        if (reasoning.IsText)
            message.Set(traits.ReasoningName, reasoning);

        return message;
    }

    private JinjaValue Content(JinjaValue content, JinjaValue role)
    {
        JinjaValue none = traits.WantsNull ? JinjaValue.None : JinjaValue.Empty;
        if (content.IsText)
            return content;

        if (content.Kind == JinjaKind.List && content.Items.Count == 0)
            return none;

        // Other types are dropped, as the original drops them.
        if (content.Kind != JinjaKind.List)
            return content.Kind is JinjaKind.Unset or JinjaKind.None ? none : JinjaValue.Empty;

        if (role.IsText && traits.PartRoles.Contains(role.Text))
            return content;

        string[] texts = new string[content.Items.Count];
        for (int i = 0; i < texts.Length; i++)
        {
            if (content.Items[i] is not { Kind: JinjaKind.Dict, Members: JinjaDict part }
                || part.Get("type") is not { IsText: true, Text: "text" } || part.Get("text") is not { IsText: true } text)
            {
                return content;
            }

            texts[i] = text.Text;
        }

        return string.Join('\n', texts);
    }

    private JinjaValue ToolCalls(JinjaList calls)
    {
        JinjaValue[] list = new JinjaValue[calls.Count];
        for (int i = 0; i < list.Length; i++)
        {
            list[i] = calls[i];
            if (calls[i].Kind != JinjaKind.Dict)
                continue;

            JinjaDict call = calls[i].Members;
            if (call.Get("function") is { Kind: JinjaKind.Dict } function)
                list[i] = JinjaValue.Dict(With(call, "function", JinjaValue.Dict(Function(function.Members))));
        }

        return JinjaValue.List(list);
    }

    private JinjaDict Function(JinjaDict function)
    {
        JinjaValue arguments = function.Get("arguments");
        if (arguments.Kind is JinjaKind.Unset or JinjaKind.None || (arguments.IsText && string.IsNullOrWhiteSpace(arguments.Text)))
            arguments = "{}";

        if (arguments.IsText && traits.Arguments == ArgumentForm.Object)
            arguments = Parsed(arguments);
        else if (!arguments.IsText && traits.Arguments == ArgumentForm.Text)
            arguments = Written(arguments);

        return With(function, "arguments", arguments);
    }

    // A text that is no JSON object stays a text: the template may still print it.
    private static JinjaValue Parsed(JinjaValue arguments)
    {
        try
        {
            using RenderBudget budget = NewBudget();
            JinjaValue value = JsonValues.Parse(arguments.Text, budget);
            return value.Kind == JinjaKind.Dict ? value : arguments;
        }
        catch (PythonFault)
        {
            return arguments;
        }
    }

    private static JinjaValue Written(JinjaValue arguments)
    {
        try
        {
            using RenderBudget budget = NewBudget();
            return new PythonJson(budget, ascii: false, indent: null, ", ", ": ", sorted: false).Write(arguments);
        }
        catch (PythonFault)
        {
            return arguments;
        }
    }

    // The arguments are bounded by the request's body already.
    private static RenderBudget NewBudget() => new(long.MaxValue / 2, int.MaxValue / 2, 100);

    private static JinjaDict With(JinjaDict dict, string name, JinjaValue value)
    {
        JinjaDict copy = new(dict.Count + 1);
        for (int i = 0; i < dict.Count; i++)
            copy.Set(dict.At(i).Key, dict.At(i).Value);

        copy.Set(name, value);
        return copy;
    }
}
