using Ovms.Frontends.Rest.Json;
using Ovms.Language.Sampling;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.OpenAi;

/// <summary>The answers of chat/completions.</summary>
internal sealed class ChatForm(TextCall call) : AnswerForm(call, "chat.completion", "chat.completion.chunk")
{
    /// <inheritdoc/>
    protected override ReadOnlySpan<byte> EmptyPart => "\"delta\":{\"role\":\"assistant\",\"content\":null}"u8;

    /// <inheritdoc/>
    protected override void WriteChunkChoice(NativeBuffer buffer, TextPrompt prompt, ChoiceText choice)
    {
        buffer.Raw("{\"index\":"u8);
        buffer.Number(choice.Index);
        buffer.Raw(",\"logprobs\":"u8);
        WriteLogProbs(buffer, choice);
        buffer.Raw(",\"delta\":{"u8);
        if (!choice.Text.IsEmpty)
        {
            buffer.Raw("\"content\":"u8);
            buffer.Text(choice.Text);
        }

        buffer.Raw("},\"finish_reason\":"u8);
        WriteFinish(buffer, choice.Finish);
        WriteTokenIds(buffer, choice);
        buffer.Raw("}"u8);
    }

    /// <inheritdoc/>
    protected override void WriteWholeChoice(NativeBuffer buffer, TextPrompt prompt, ChoiceText choice)
    {
        buffer.Raw("{\"finish_reason\":"u8);
        WriteFinish(buffer, choice.Finish);
        buffer.Raw(",\"index\":"u8);
        buffer.Number(choice.Index);
        buffer.Raw(",\"logprobs\":"u8);
        WriteLogProbs(buffer, choice);
        buffer.Raw(",\"message\":{\"content\":"u8);
        buffer.Text(choice.Text);
        buffer.Raw(",\"role\":\"assistant\",\"tool_calls\":[]}"u8);
        WriteTokenIds(buffer, choice);
        buffer.Raw("}"u8);
    }

    private void WriteLogProbs(NativeBuffer buffer, ChoiceText choice)
    {
        if (Call.LogProbs < 0 || choice.Tokens.Count == 0)
        {
            buffer.Raw("null"u8);
            return;
        }

        buffer.Raw("{\"content\":["u8);
        for (int i = 0; i < choice.Tokens.Count; i++)
        {
            TokenChoice token = choice.Tokens[i].Choice;
            buffer.Raw(i == 0 ? "{"u8 : ",{"u8);
            WriteToken(buffer, token.Id, token.LogProbability);
            buffer.Raw(",\"top_logprobs\":["u8);
            ReadOnlySpan<TopLogProbs.Entry> best = token.TopLogProbs.Entries;
            for (int k = 0; k < best.Length; k++)
            {
                buffer.Raw(k == 0 ? "{"u8 : ",{"u8);
                WriteToken(buffer, best[k].Id, best[k].LogProbability);
                buffer.Raw("}"u8);
            }

            buffer.Raw("]}"u8);
        }

        buffer.Raw("]}"u8);
    }

    private void WriteToken(NativeBuffer buffer, int id, float logProb)
    {
        string text = TokenText(id);
        buffer.Raw("\"token\":"u8);
        buffer.Text(text);
        buffer.Raw(",\"logprob\":"u8);
        WriteLogProb(buffer, logProb);
        buffer.Raw(",\"bytes\":["u8);
        ReadOnlySpan<byte> bytes = Call.Language.Tokenizer.BytesOf(id);
        for (int i = 0; i < bytes.Length; i++)
        {
            buffer.Raw(i == 0 ? default : ","u8);
            buffer.Number(bytes[i]);
        }

        buffer.Raw("]"u8);
    }
}
