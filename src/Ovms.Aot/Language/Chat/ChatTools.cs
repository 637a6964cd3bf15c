using System.Text.Json;
using Ovms.Language.Values;
using Ovms.Status;

namespace Ovms.Language.Chat;

/// <summary>Turns the tools of a request into what templates expect: objects with a type and a function.</summary>
internal static class ChatTools
{
    private const string Type = "type";
    private const string Function = "function";

    /// <summary>The list of tools. A flat one, as the Responses API has it, is nested.</summary>
    public static Outcome<JinjaValue> Read(JsonElement tools)
    {
        Outcome<JinjaValue> read = JsonValues.Read(tools);
        if (!read.IsOk || read.Value.Kind != JinjaKind.List)
            return read;

        JinjaValue[] list = new JinjaValue[read.Value.Items.Count];
        for (int i = 0; i < list.Length; i++)
            list[i] = Nested(read.Value.Items[i]);

        return JinjaValue.List(list);
    }

    private static JinjaValue Nested(JinjaValue tool)
    {
        if (tool.Kind != JinjaKind.Dict || tool.Members.Get(Function).Kind != JinjaKind.Unset)
            return tool;

        JinjaDict function = new(tool.Members.Count);
        for (int i = 0; i < tool.Members.Count; i++)
        {
            if (tool.Members.At(i).Key is not { IsText: true, Text: Type })
                function.Set(tool.Members.At(i).Key, tool.Members.At(i).Value);
        }

        JinjaDict nested = new(2);
        nested.Set(Type, Function);
        nested.Set(Function, JinjaValue.Dict(function));
        return JinjaValue.Dict(nested);
    }
}
