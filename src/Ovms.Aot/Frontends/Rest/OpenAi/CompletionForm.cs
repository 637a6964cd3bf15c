using Ovms.Frontends.Rest.Json;
using Ovms.Language.Sampling;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.OpenAi;

/// <summary>The answers of completions.</summary>
internal sealed class CompletionForm(TextCall call) : AnswerForm(call, "text_completion", "text_completion.chunk")
{
    /// <inheritdoc/>
    protected override ReadOnlySpan<byte> EmptyPart => "\"text\":\"\""u8;

    /// <inheritdoc/>
    protected override void WriteChunkChoice(NativeBuffer buffer, TextPrompt prompt, ChoiceText choice)
    {
        buffer.Raw("{\"index\":"u8);
        buffer.Number(choice.Index);
        buffer.Raw(",\"logprobs\":"u8);
        WriteLogProbs(buffer, choice);
        buffer.Raw(",\"text\":"u8);
        buffer.Text(choice.Text);
        buffer.Raw(",\"finish_reason\":"u8);
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
        buffer.Raw(",\"text\":"u8);
        buffer.Text(choice.Text);
        WriteTokenIds(buffer, choice);
        WritePromptOfChoice(buffer, prompt);
        buffer.Raw("}"u8);
    }

    /// <inheritdoc/>
    protected override void WritePromptOfChoice(NativeBuffer buffer, TextPrompt prompt)
    {
        if (Call.Fields.ReturnsTokenIds)
        {
            buffer.Raw(",\"prompt_token_ids\":"u8);
            buffer.Ids(prompt.Ids);
        }
    }

    private void WriteLogProbs(NativeBuffer buffer, ChoiceText choice)
    {
        if (Call.LogProbs < 0 || choice.Tokens.Count == 0)
        {
            buffer.Raw("null"u8);
            return;
        }

        IReadOnlyList<AnswerToken> tokens = choice.Tokens;
        WriteList(buffer, "{\"tokens\":["u8, tokens, token => buffer.Text(TokenText(token.Choice.Id)));
        WriteList(buffer, "],\"token_logprobs\":["u8, tokens, token =>
        {
            // The first token of a prompt has no probability.
            if (float.IsNaN(token.Choice.LogProbability))
            {
                buffer.Raw("null"u8);
            }
            else
            {
                WriteLogProb(buffer, token.Choice.LogProbability);
            }
        });
        WriteList(buffer, "],\"top_logprobs\":["u8, tokens, token => WriteBest(buffer, token.Choice));
        WriteList(buffer, "],\"text_offset\":["u8, tokens, token => buffer.Number(token.Offset));
        buffer.Raw("]}"u8);
    }

    private void WriteBest(NativeBuffer buffer, TokenChoice token)
    {
        if (float.IsNaN(token.LogProbability))
        {
            buffer.Raw("null"u8);
            return;
        }

        buffer.Raw("{"u8);
        ReadOnlySpan<TopLogProbs.Entry> best = token.TopLogProbs.Entries;
        HashSet<string> written = [];
        foreach (TopLogProbs.Entry entry in best)
        {
            Write(entry.Id, entry.LogProbability);
        }

        // The chosen token is always among them, as OpenAI does.
        Write(token.Id, token.LogProbability);
        buffer.Raw("}"u8);

        void Write(int id, float value)
        {
            // Two tokens may have the same text, which a JSON object has once; the better one is kept.
            string text = TokenText(id);
            if (written.Add(text))
            {
                buffer.Raw(written.Count == 1 ? default : ","u8);
                buffer.Text(text);
                buffer.Raw(":"u8);
                WriteLogProb(buffer, value);
            }
        }
    }

    private static void WriteList(
        NativeBuffer buffer, ReadOnlySpan<byte> name, IReadOnlyList<AnswerToken> tokens, Action<AnswerToken> write)
    {
        buffer.Raw(name);
        for (int i = 0; i < tokens.Count; i++)
        {
            buffer.Raw(i == 0 ? default : ","u8);
            write(tokens[i]);
        }
    }
}
