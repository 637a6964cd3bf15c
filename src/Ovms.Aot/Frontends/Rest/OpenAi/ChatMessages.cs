using System.Text.Json;

namespace Ovms.Frontends.Rest.OpenAi;

/// <summary>A conversation as a request gives it: checked, but not converted.</summary>
/// <param name="Messages">The messages, at least one, each an object with a role.</param>
/// <param name="Tools">The tools that the template may show; undefined = none.</param>
/// <param name="Variables">Further variables for the template; undefined = none.</param>
/// <param name="AddsGenerationPrompt">Whether the prompt ends with the beginning of an answer.</param>
internal sealed record ChatMessages(JsonElement Messages, JsonElement Tools, JsonElement Variables, bool AddsGenerationPrompt)
{
    /// <summary>Reads and checks messages, tools and chat_template_kwargs.</summary>
    /// <param name="fields">The request; receives the first fault.</param>
    public static ChatMessages Read(RequestFields fields)
    {
        JsonElement messages = ReadMessages(fields);
        JsonElement tools = ReadTools(fields);
        tools = ReadChoice(fields, tools);
        bool adds = fields.Flag("add_generation_prompt", "add_generation_prompt accepts values true or false", otherwise: true);
        if (fields.TryGet("chat_template_kwargs", out JsonElement variables))
        {
            if (variables.ValueKind != JsonValueKind.Object)
            {
                fields.Fail("chat_template_kwargs must be an object");
            }
            else if (!fields.Has("add_generation_prompt"))
            {
                RequestFields inner = new(variables);
                adds = inner.Flag(
                    "add_generation_prompt", "chat_template_kwargs.add_generation_prompt accepts values true or false", otherwise: true);
                fields.Fail(inner.Fault);
            }
        }

        return new ChatMessages(messages, tools, variables, adds);
    }

    private static JsonElement ReadMessages(RequestFields fields)
    {
        if (!fields.TryGet("messages", out JsonElement messages))
        {
            fields.Fail("Messages missing in request");
        }
        else if (messages.ValueKind != JsonValueKind.Array)
        {
            fields.Fail("Messages are not an array");
        }
        else if (messages.GetArrayLength() == 0)
        {
            fields.Fail("Messages array cannot be empty");
        }
        else
        {
            foreach (JsonElement message in messages.EnumerateArray())
            {
                CheckMessage(fields, message);
            }
        }

        return messages;
    }

    private static void CheckMessage(RequestFields fields, JsonElement message)
    {
        if (message.ValueKind != JsonValueKind.Object)
        {
            fields.Fail("Message is not a JSON object");
        }
        else if (!message.TryGetProperty("role", out JsonElement role) || role.ValueKind != JsonValueKind.String)
        {
            fields.Fail("Every message must have 'role' field");
        }
        else
        {
            if (message.TryGetProperty("content", out JsonElement content))
            {
                CheckContent(fields, content);
            }

            if (message.TryGetProperty("tool_calls", out JsonElement calls)
                && calls.ValueKind is not (JsonValueKind.Array or JsonValueKind.Null))
            {
                fields.Fail("A message's tool_calls are not an array");
            }
        }
    }

    private static void CheckContent(RequestFields fields, JsonElement content)
    {
        if (content.ValueKind is JsonValueKind.String or JsonValueKind.Null)
        {
            return;
        }

        if (content.ValueKind != JsonValueKind.Array)
        {
            fields.Fail("Message content is neither a string nor an array of parts");
            return;
        }

        foreach (JsonElement part in content.EnumerateArray())
        {
            if (part.ValueKind != JsonValueKind.Object
                || !part.TryGetProperty("type", out JsonElement type)
                || type.ValueKind != JsonValueKind.String)
            {
                fields.Fail("A part of a message's content is not an object with a type");
            }
            else if (type.ValueEquals("image_url") || type.ValueEquals("input_audio"))
            {
                fields.Fail($"This servable supports only text input, but {type.GetString()} has been provided");
            }
            else if (!type.ValueEquals("text"))
            {
                fields.Fail("Unsupported content type");
            }
            else if (!part.TryGetProperty("text", out JsonElement text) || text.ValueKind != JsonValueKind.String)
            {
                fields.Fail("A text part of a message's content has no text");
            }
        }
    }

    private static JsonElement ReadTools(RequestFields fields)
    {
        if (!fields.TryGet("tools", out JsonElement tools))
        {
            return default;
        }

        if (tools.ValueKind != JsonValueKind.Array)
        {
            fields.Fail("Tools are not an array");
            return default;
        }

        foreach (JsonElement tool in tools.EnumerateArray())
        {
            CheckTool(fields, tool);
        }

        return tools.GetArrayLength() == 0 ? default : tools;
    }

    private static void CheckTool(RequestFields fields, JsonElement tool)
    {
        if (tool.ValueKind != JsonValueKind.Object)
        {
            fields.Fail("Tool is not a JSON object");
            return;
        }

        if (!tool.TryGetProperty("type", out JsonElement type) || type.ValueKind != JsonValueKind.String || !type.ValueEquals("function"))
        {
            fields.Fail("Only function tools are supported");
            return;
        }

        // The flat form of the Responses API is taken too.
        JsonElement function = tool.TryGetProperty("function", out JsonElement nested) ? nested : tool;
        if (function.ValueKind != JsonValueKind.Object)
        {
            fields.Fail("Function is not a valid JSON object");
        }
        else if (!function.TryGetProperty("name", out JsonElement name) || name.ValueKind != JsonValueKind.String)
        {
            fields.Fail("Function object does not contain a valid name field");
        }
        else if (function.TryGetProperty("parameters", out JsonElement parameters)
            && parameters.ValueKind is not (JsonValueKind.Object or JsonValueKind.Null))
        {
            fields.Fail("Function parameters are not a valid JSON object");
        }
    }

    // With "none" the template shows no tools.
    private static JsonElement ReadChoice(RequestFields fields, JsonElement tools)
    {
        UnservedFields.RefuseChoice(fields);
        bool isNone = fields.TryGet("tool_choice", out JsonElement choice)
            && choice.ValueKind == JsonValueKind.String
            && choice.ValueEquals("none");
        return isNone ? default : tools;
    }
}
