using System.Text.Json;
using Ovms.Frontends.Rest.Json;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.OpenAi;

/// <summary>A request of tokenize: texts, or a conversation that is rendered first.</summary>
internal static class TokenizeRequest
{
    private const int MaxTexts = 1024;

    // Bytes of an answer around its ids.
    private const int Frame = 64;

    /// <summary>Answers it: <c>{"tokens":[…],"count":N,"max_model_len":N}</c>, with an array of arrays for several texts.</summary>
    public static async Task AnswerAsync(TextExchange exchange)
    {
        Outcome<TokenLists> tokens = await TokensAsync(exchange).ConfigureAwait(false);
        Outcome<NativeBuffer> answer = tokens.IsOk ? Write(exchange, tokens.Value) : tokens.WithoutValue;
        if (answer.IsOk)
        {
            using NativeBuffer body = answer.Value;
            await exchange.AnswerAsync(body).ConfigureAwait(false);
        }
        else if (answer.Code == StatusCode.Cancelled)
        {
            RestReply.Gone(exchange.Context);
            exchange.Meter.End(answer.WithoutValue);
        }
        else
        {
            await exchange.ErrorAsync(answer.WithoutValue).ConfigureAwait(false);
        }
    }

    // The answer's size is known before it is made.
    private static Outcome<NativeBuffer> Write(TextExchange exchange, TokenLists tokens)
    {
        long bytes = Frame + tokens.Bytes;
        Outcome room = bytes <= NativeBuffer.MaxLength
            ? exchange.Share.TryHoldAnswer(bytes + IdBytes(tokens.Lists.Sum(static ids => (long)ids.Length)))
            : Outcome.Fail(
                StatusCode.AnswerTooLarge,
                $"The {tokens.Count} ids asked for take {bytes} bytes; an answer may have {NativeBuffer.MaxLength}. "
                    + "Send fewer texts at once, or a smaller max_length.");
        if (!room.IsOk)
        {
            return room;
        }

        NativeBuffer body = new((int)bytes);
        body.Raw("{\"tokens\":"u8);
        if (!tokens.TryWrite(body, exchange.Context.RequestAborted))
        {
            body.Dispose();
            return Outcome.Fail(StatusCode.Cancelled);
        }

        body.Raw(",\"count\":"u8);
        body.Number(tokens.Count);
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
        return body;
    }

    private static long IdBytes(long ids) => ids * sizeof(int);

    private static async Task<Outcome<TokenLists>> TokensAsync(TextExchange exchange)
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
        long count = 0;
        foreach (string text in texts.Value)
        {
            if (exchange.Context.RequestAborted.IsCancellationRequested)
            {
                return Outcome.Fail(StatusCode.Cancelled);
            }

            Outcome<int[]> ids = await exchange.Language.Tokenizer.EncodeAsync(text, addsSpecial, exchange.Context.RequestAborted)
                .ConfigureAwait(false);
            if (!ids.IsOk)
            {
                return ids.WithoutValue;
            }

            all.Add(padding.Cut(ids.Value));
            count += all[^1].Length;
            Outcome room = exchange.Share.TryHoldAnswer(IdBytes(count));
            if (!room.IsOk)
            {
                return room;
            }
        }

        return padding.Fill(all, exchange.Language.PadId);
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
