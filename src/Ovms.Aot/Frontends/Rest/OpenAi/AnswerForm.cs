using System.Globalization;
using Ovms.Frontends.Rest.Json;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.OpenAi;

/// <summary>Writes the answers of one call: whole, or as events of a stream. Key order is the original's, with id before it.</summary>
internal abstract class AnswerForm
{
    private readonly byte[] _head;
    private readonly byte[] _tail;

    /// <summary>Prepares what is the same in all parts.</summary>
    /// <param name="call">The call.</param>
    /// <param name="kind">The object's name of a whole answer.</param>
    /// <param name="chunkKind">The object's name of a part of a stream.</param>
    protected AnswerForm(TextCall call, string kind, string chunkKind)
    {
        Call = call;
        Kind = kind;
        using NativeBuffer part = new();
        part.Raw("data: {\"id\":"u8);
        part.Text(call.Id);
        part.Raw(",\"choices\":["u8);
        _head = part.Bytes.ToArray();
        part.Truncate(0);
        part.Raw("],"u8);
        WriteCommon(part, chunkKind);
        _tail = part.Bytes.ToArray();
    }

    /// <summary>The call.</summary>
    protected TextCall Call { get; }

    /// <summary>The object's name of a whole answer.</summary>
    protected string Kind { get; }

    /// <summary>Writes the events with which a stream begins: one for each choice, without text.</summary>
    public void WriteBegin(NativeBuffer buffer)
    {
        bool isFirst = true;
        foreach (TextPrompt prompt in Call.Prompts)
        {
            foreach (ChoiceText choice in prompt.Choices)
            {
                WriteBegin(buffer, prompt, choice);
                EndChunk(buffer, isFirst);
                isFirst = false;
            }
        }
    }

    /// <summary>The member of a choice without text, with which its stream begins.</summary>
    protected abstract ReadOnlySpan<byte> EmptyPart { get; }

    /// <summary>Writes the ids of its prompt into a choice, if they are wanted and the choice has a place for them.</summary>
    protected virtual void WritePromptOfChoice(NativeBuffer buffer, TextPrompt prompt)
    {
    }

    /// <summary>Writes one choice of an event: its new text and tokens, and its end if it has ended.</summary>
    protected abstract void WriteChunkChoice(NativeBuffer buffer, TextPrompt prompt, ChoiceText choice);

    /// <summary>Writes one choice of a whole answer.</summary>
    protected abstract void WriteWholeChoice(NativeBuffer buffer, TextPrompt prompt, ChoiceText choice);

    /// <summary>Writes the event of a choice's new text and tokens.</summary>
    public void WriteChunk(NativeBuffer buffer, TextPrompt prompt, ChoiceText choice)
    {
        buffer.Raw(_head);
        WriteChunkChoice(buffer, prompt, choice);
        EndChunk(buffer);
    }

    /// <summary>Writes the last events of a stream.</summary>
    public void WriteEnd(NativeBuffer buffer)
    {
        if (Call.Fields.IncludesUsage)
        {
            buffer.Raw(_head);
            buffer.Raw(_tail);
            WriteUsage(buffer);
            buffer.Raw("}\n\n"u8);
        }

        buffer.Raw("data: [DONE]\n\n"u8);
    }

    /// <summary>Writes a failure after which a stream ends.</summary>
    public static void WriteFailure(NativeBuffer buffer, Outcome failure)
    {
        buffer.Raw("data: {\"error\":{\"message\":"u8);
        buffer.Text(failure.Text);
        buffer.Raw(",\"code\":"u8);
        buffer.Number(failure.Code.ToHttp());
        buffer.Raw("}}\n\ndata: [DONE]\n\n"u8);
    }

    /// <summary>Writes a whole answer.</summary>
    public void WriteWhole(NativeBuffer buffer)
    {
        buffer.Raw("{\"id\":"u8);
        buffer.Text(Call.Id);
        buffer.Raw(",\"choices\":["u8);
        bool isFirst = true;
        foreach (TextPrompt prompt in Call.Prompts)
        {
            foreach (ChoiceText choice in prompt.Choices)
            {
                buffer.Raw(isFirst ? default : ","u8);
                isFirst = false;
                WriteWholeChoice(buffer, prompt, choice);
            }
        }

        buffer.Raw("],"u8);
        WriteCommon(buffer, Kind);
        WritePromptIds(buffer);
        WriteUsage(buffer);
        buffer.Raw("}"u8);
    }

    /// <summary>Ends an event.</summary>
    private void EndChunk(NativeBuffer buffer, bool isFirst = false)
    {
        buffer.Raw(_tail);
        if (isFirst)
        {
            WritePromptIds(buffer);
        }

        if (Call.Fields.HasRunningUsage)
        {
            WriteUsage(buffer);
        }
        else if (Call.Fields.IncludesUsage)
        {
            buffer.Raw(",\"usage\":null"u8);
        }

        buffer.Raw("}\n\n"u8);
    }

    private void WriteBegin(NativeBuffer buffer, TextPrompt prompt, ChoiceText choice)
    {
        buffer.Raw(_head);
        buffer.Raw("{\"index\":"u8);
        buffer.Number(choice.Index);
        buffer.Raw(",\"logprobs\":null,"u8);
        buffer.Raw(EmptyPart);
        buffer.Raw(",\"finish_reason\":null"u8);
        if (Call.Fields.ReturnsTokenIds)
        {
            buffer.Raw(",\"token_ids\":[]"u8);
        }

        WritePromptOfChoice(buffer, prompt);
        buffer.Raw("}"u8);
    }

    /// <summary>Writes the reason of an end, or null.</summary>
    protected static void WriteFinish(NativeBuffer buffer, string? finish)
    {
        if (finish is null)
        {
            buffer.Raw("null"u8);
        }
        else
        {
            buffer.Text(finish);
        }
    }

    /// <summary>Writes the token ids of a choice, if they are wanted.</summary>
    protected void WriteTokenIds(NativeBuffer buffer, ChoiceText choice)
    {
        if (!Call.Fields.ReturnsTokenIds)
        {
            return;
        }

        // Generated ones alone, as vLLM does; the prompt's have a member of their own.
        buffer.Raw(",\"token_ids\":["u8);
        bool isFirst = true;
        foreach (AnswerToken token in choice.Tokens)
        {
            if (!token.IsOfPrompt)
            {
                buffer.Raw(isFirst ? default : ","u8);
                buffer.Number(token.Choice.Id);
                isFirst = false;
            }
        }

        buffer.Raw("]"u8);
    }

    /// <summary>Writes a logarithm of a probability; -infinity, which JSON lacks, as -9999, as OpenAI does.</summary>
    protected static void WriteLogProb(NativeBuffer buffer, float value)
    {
        if (!float.IsFinite(value))
        {
            buffer.Raw("-9999.0"u8);
            return;
        }

        const int Longest = 32;
        value.TryFormat(buffer.GetSpan(Longest), out int written, default, CultureInfo.InvariantCulture);
        buffer.Advance(written);
    }

    /// <summary>The text of one token.</summary>
    protected string TokenText(int id) => Call.Language.TextOf(id);

    private void WriteCommon(NativeBuffer buffer, string kind)
    {
        buffer.Raw("\"created\":"u8);
        buffer.Number(Call.Created);
        buffer.Raw(",\"model\":"u8);
        buffer.Text(Call.Model);
        buffer.Raw(",\"object\":"u8);
        buffer.Text(kind);
    }

    private void WritePromptIds(NativeBuffer buffer)
    {
        if (Call.Fields.ReturnsTokenIds && Call.Prompts.Length == 1)
        {
            buffer.Raw(",\"prompt_token_ids\":"u8);
            buffer.Ids(Call.Prompts[0].Ids);
        }
    }

    private void WriteUsage(NativeBuffer buffer)
    {
        (int prompt, int completion) = (Call.PromptTokens, Call.CompletionTokens);
        buffer.Raw(",\"usage\":{\"prompt_tokens\":"u8);
        buffer.Number(prompt);
        buffer.Raw(",\"completion_tokens\":"u8);
        buffer.Number(completion);
        buffer.Raw(",\"total_tokens\":"u8);
        buffer.Number((long)prompt + completion);
        buffer.Raw(",\"prompt_tokens_details\":{\"cached_tokens\":"u8);
        buffer.Number(Call.CachedTokens);
        buffer.Raw("}}"u8);
    }
}
