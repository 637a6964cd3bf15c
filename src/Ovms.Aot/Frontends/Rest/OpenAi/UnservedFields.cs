using System.Text.Json;
using Ovms.Status;

namespace Ovms.Frontends.Rest.OpenAi;

/// <summary>Fields that would change the kind of an answer, and are refused rather than ignored.</summary>
internal static class UnservedFields
{
    /// <summary>Refuses sounds, as input or answer.</summary>
    public static void RefuseAudio(RequestFields fields)
    {
        if (fields.TryGet("modalities", out JsonElement modalities))
        {
            bool isText = modalities.ValueKind == JsonValueKind.Array
                && modalities.GetArrayLength() == 1
                && modalities[0].ValueKind == JsonValueKind.String
                && modalities[0].ValueEquals("text");
            if (!isText)
            {
                fields.Fail("modalities: this model answers with text only; expected: [\"text\"]");
            }
        }

        if (fields.Has("audio"))
        {
            fields.Fail("audio: this model answers with text only; leave the field out");
        }
    }

    /// <summary>Refuses a call of a function that must come: without grammars it cannot be enforced.</summary>
    public static void RefuseChoice(RequestFields fields)
    {
        if (!fields.TryGet("tool_choice", out JsonElement choice))
        {
            return;
        }

        if (choice.ValueKind is not (JsonValueKind.String or JsonValueKind.Object))
        {
            fields.Fail("tool_choice is not a string or object");
        }
        else if (choice.ValueKind == JsonValueKind.Object || choice.ValueEquals("required"))
        {
            fields.Fail("tool_choice: only none and auto are served yet; a call of a function cannot be enforced");
        }
        else if (!choice.ValueEquals("none") && !choice.ValueEquals("auto"))
        {
            fields.Fail($"tool_choice {Shown.Bounded(choice.GetString()!)} is unknown; expected: none or auto");
        }
    }

    /// <summary>Refuses other formats than text: the caller could not parse an answer in another form.</summary>
    public static void RefuseFormat(RequestFields fields)
    {
        if (!fields.TryGet("response_format", out JsonElement format))
        {
            return;
        }

        if (format.ValueKind != JsonValueKind.Object)
        {
            fields.Fail("response_format is not an object");
        }
        else if (!format.TryGetProperty("type", out JsonElement type) || type.ValueKind != JsonValueKind.String)
        {
            fields.Fail("response_format.type is not a string");
        }
        else if (!type.ValueEquals("text"))
        {
            fields.Fail($"response_format {Shown.Bounded(type.GetString()!)} is not served yet; only text is");
        }
    }
}
