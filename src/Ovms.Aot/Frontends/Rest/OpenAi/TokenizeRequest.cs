using System.Text.Json;
using Ovms.Frontends.Rest.Json;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.OpenAi;

/// <summary>A request of tokenize: texts, or a conversation that is rendered first.</summary>
internal static class TokenizeRequest
{
    private const int MaxTexts = 1024;

    /// <summary>Answers it: <c>{"tokens":[…],"count":N,"max_model_len":N}</c>, with an array of arrays for several texts.</summary>
    public static async Task AnswerAsync(TextExchange exchange)
    {
        Outcome<int[][]> tokens = await TokensAsync(exchange).ConfigureAwait(false);
        if (!tokens.IsOk)
        {
            await exchange.ErrorAsync(tokens.WithoutValue).ConfigureAwait(false);
            return;
        }

        using NativeBuffer body = new();
        body.Raw("{\"tokens\":"u8);
        body.Raw(tokens.Value.Length == 1 ? default : "["u8);
        for (int i = 0; i < tokens.Value.Length; i++)
        {
            body.Raw(i == 0 ? default : ","u8);
            body.Ids(tokens.Value[i]);
        }

        body.Raw(tokens.Value.Length == 1 ? default : "]"u8);
        body.Raw(",\"count\":"u8);
        body.Number(tokens.Value.Sum(static ids => ids.Length));
        body.Raw(",\"max_model_len\":"u8);
        if (exchange.Language.ModelLength is { } length)
        {
            body.Number(length);
        }
        else
        {
            body.Raw("null"u8);
        }

        body.Raw("}"u8);
        await exchange.AnswerAsync(body).ConfigureAwait(false);
    }

    private static async Task<Outcome<int[][]>> TokensAsync(TextExchange exchange)
    {
        RequestFields fields = exchange.Fields;
        string[] given = [.. new[] { "text", "prompt", "messages" }.Where(fields.Has)];
        if (given.Length != 1)
        {
            return RequestFields.Refuse(
                "Expected: exactly one of text, prompt and messages; Actual: "
                + (given.Length == 0 ? "none" : string.Join(" and ", given)));
        }

        // A rendered conversation holds its special tokens already.
        bool isChat = given[0] == "messages";
        bool addsSpecial = fields.Flag("add_special_tokens", "add_special_tokens accepts values true or false", otherwise: !isChat);
        TokenPadding padding = TokenPadding.Read(fields);
        Outcome<string[]> texts = isChat ? Render(exchange) : ReadTexts(fields, given[0]);
        if (!fields.Fault.IsOk || !texts.IsOk)
        {
            return fields.Fault.IsOk ? texts.WithoutValue : fields.Fault;
        }

        List<int[]> all = [];
        foreach (string text in texts.Value)
        {
            Outcome<int[]> ids = await exchange.Language.Tokenizer.EncodeAsync(text, addsSpecial, exchange.Context.RequestAborted)
                .ConfigureAwait(false);
            if (!ids.IsOk)
            {
                return ids.WithoutValue;
            }

            all.Add(ids.Value);
        }

        return padding.Apply(all, exchange.Language.PadId);
    }

    private static Outcome<string[]> Render(TextExchange exchange)
    {
        ChatMessages messages = ChatMessages.Read(exchange.Fields);
        if (!exchange.Fields.Fault.IsOk)
        {
            return exchange.Fields.Fault;
        }

        Outcome<string> text = exchange.Language.Render(
            messages.Messages, messages.Tools, messages.Variables, messages.AddsGenerationPrompt);
        return text.IsOk ? new[] { text.Value } : text.WithoutValue;
    }

    private static Outcome<string[]> ReadTexts(RequestFields fields, string name)
    {
        fields.TryGet(name, out JsonElement value);
        if (value.ValueKind == JsonValueKind.String)
        {
            return new[] { value.GetString()! };
        }

        if (value.ValueKind != JsonValueKind.Array
            || value.EnumerateArray().Any(static item => item.ValueKind != JsonValueKind.String))
        {
            return RequestFields.Refuse($"{name} should be a string or an array of strings");
        }

        return value.GetArrayLength() switch
        {
            0 => RequestFields.Refuse($"{name} array cannot be empty"),
            > MaxTexts => RequestFields.Refuse($"{name} array must have no more than {MaxTexts} strings"),
            _ => value.EnumerateArray().Select(static item => item.GetString()!).ToArray(),
        };
    }
}
