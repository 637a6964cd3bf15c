using System.Text.Json;
using Ovms.Frontends.Rest.Json;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.OpenAi;

/// <summary>A request of detokenize: ids, of which it makes the text.</summary>
internal static class DetokenizeRequest
{
    /// <summary>Answers it: <c>{"prompt":"…"}</c>.</summary>
    public static async Task AnswerAsync(TextExchange exchange)
    {
        Outcome<string> text = TextOf(exchange);
        if (!text.IsOk)
        {
            await exchange.ErrorAsync(text.WithoutValue).ConfigureAwait(false);
            return;
        }

        using NativeBuffer body = new();
        body.Raw("{\"prompt\":"u8);
        body.Text(text.Value);
        body.Raw("}"u8);
        await exchange.AnswerAsync(body).ConfigureAwait(false);
    }

    private static Outcome<string> TextOf(TextExchange exchange)
    {
        RequestFields fields = exchange.Fields;
        bool skips = fields.Flag("skip_special_tokens", "skip_special_tokens accepts values true or false");
        if (!fields.TryGet("tokens", out JsonElement tokens) || tokens.ValueKind != JsonValueKind.Array)
        {
            fields.Fail("tokens should be an array of token ids");
        }

        if (!fields.Fault.IsOk)
        {
            return fields.Fault;
        }

        int size = exchange.Language.TokenIds;
        int[] ids = new int[tokens.GetArrayLength()];
        int index = 0;
        foreach (JsonElement token in tokens.EnumerateArray())
        {
            if (token.ValueKind != JsonValueKind.Number || !token.TryGetInt32(out int id) || id < 0 || id >= size)
            {
                return RequestFields.Refuse(
                    $"tokens[{index}] is {Shown.Bounded(token.GetRawText())}; the model has the token ids 0 to {size - 1}");
            }

            ids[index++] = id;
        }

        Outcome room = Hold(exchange, exchange.Language.Tokenizer.BytesOf(ids), ids.Length);
        if (!room.IsOk)
        {
            return room;
        }

        // A tokenizer without a list of its tokens' bytes has only estimated them.
        Outcome<string> text = exchange.Language.Tokenizer.Decode(ids, skips);
        room = text.IsOk ? Hold(exchange, System.Text.Encoding.UTF8.GetByteCount(text.Value), ids.Length) : Outcome.Ok;
        return room.IsOk ? text : room;
    }

    // A few megabytes of ids may name the longest token again and again.
    private static Outcome Hold(TextExchange exchange, long bytes, int ids)
    {
        // UTF-16, and JSON in which each byte may be an escape.
        const int TextBytes = 2;
        const int AnswerBytes = 6;
        return bytes <= NativeBuffer.MaxLength / AnswerBytes
            ? exchange.Share.TryHoldAnswer((bytes * (TextBytes + AnswerBytes)) + (ids * (long)sizeof(int)))
            : Outcome.Fail(
                StatusCode.AnswerTooLarge, $"The text of {ids} tokens has {bytes} bytes. Send fewer tokens at once.");
    }
}
