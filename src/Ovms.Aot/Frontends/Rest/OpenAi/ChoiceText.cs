using System.Buffers;
using System.Runtime.CompilerServices;
using Ovms.Generation.Requests;
using Ovms.Language.Sampling;
using Ovms.Language.Text;
using Ovms.Language.Vocabulary;

namespace Ovms.Frontends.Rest.OpenAi;

/// <summary>One answer as text. Tokens come in, and text that no later token changes comes out.</summary>
/// <param name="index">Its index in the response.</param>
/// <param name="detokenizer">Makes text of the tokens.</param>
/// <param name="stop">Finds the texts that end it; null if there are none.</param>
/// <param name="keepsTokens">Whether log-probabilities or ids of the tokens are wanted.</param>
/// <param name="minTokens">As many tokens come before a text or a token may end it.</param>
internal sealed class ChoiceText(int index, Detokenizer detokenizer, StopText? stop, bool keepsTokens, int minTokens = 0)
{
    // An array of alternatives beside its entries.
    private const int ArrayBytes = 24;

    private readonly ArrayBufferWriter<char> _text = new();
    private readonly List<AnswerToken> _tokens = [];
    private int[]? _promptOffsets;
    private long _alternativeBytes;
    private bool _isEndTaken;

    // Characters of the prompt, if it is repeated; and UTF-16 code units and characters of the generated text, stop texts included.
    private int _prompt;
    private int _units;
    private int _characters;

    /// <summary>Its index in the response.</summary>
    public int Index => index;

    /// <summary>Number of generated tokens, the end token and those of a stop text included.</summary>
    public int Count { get; private set; }

    /// <summary>Why it ended: stop or length; null while it goes on.</summary>
    public string? Finish { get; private set; }

    /// <summary>The text since <see cref="Clear"/>.</summary>
    public ReadOnlySpan<char> Text => _text.WrittenSpan;

    /// <summary>The tokens since <see cref="Clear"/>, if they are wanted.</summary>
    public IReadOnlyList<AnswerToken> Tokens => _tokens;

    /// <summary>About how much memory text and tokens take.</summary>
    public long Bytes =>
        ((long)_text.Capacity * sizeof(char)) + ((long)_tokens.Capacity * Unsafe.SizeOf<AnswerToken>()) + _alternativeBytes;

    /// <summary>Whether there is text, a token or an end that was not sent yet.</summary>
    public bool TryTakeNews()
    {
        // A token without text waits for the text that it belongs to.
        bool isNews = !_text.WrittenSpan.IsEmpty || (Finish is not null && !_isEndTaken);
        _isEndTaken |= Finish is not null;
        return isNews;
    }

    /// <summary>Forgets text and tokens, which were sent.</summary>
    public void Clear()
    {
        _text.ResetWrittenCount();
        _tokens.Clear();
        _alternativeBytes = 0;
    }

    /// <summary>Begins with the prompt, for answers that repeat it.</summary>
    /// <param name="text">The prompt.</param>
    /// <param name="first">Its first token, which has no probability.</param>
    /// <param name="offsets">Where its tokens begin, if their log-probabilities are wanted; else null.</param>
    public void Begin(string text, int first, int[]? offsets)
    {
        _text.Write(text);
        _prompt = PromptOffsets.Characters(text);
        _promptOffsets = offsets;
        TakePrompt(0, new TokenChoice(first, float.NaN, default));
    }

    /// <summary>Takes a token of the prompt, which an answer that repeats the prompt shows.</summary>
    /// <param name="place">Its place in the prompt.</param>
    /// <param name="choice">The token.</param>
    public void TakePrompt(int place, TokenChoice choice)
    {
        if (_promptOffsets is not null)
        {
            Keep(choice, _promptOffsets[place], isOfPrompt: true);
        }
    }

    /// <summary>Takes an event that is not a failure.</summary>
    /// <returns>Whether a stop text ended the answer, so that the engine must end it.</returns>
    public bool Take(in TokenEvent item)
    {
        if (Finish is not null)
        {
            return false;
        }

        // The token that ends an answer is counted and not shown.
        bool isEnd = item.Finish == Generation.Requests.Finish.Stop;
        Count += item.HasToken ? 1 : 0;
        if (item.HasToken && !isEnd && TakeShown(item.Choice))
        {
            Finish = "stop";
            return true;
        }

        if (item.Finish != Generation.Requests.Finish.None)
        {
            bool isStopped = Pass(detokenizer.Flush());
            if (!isStopped)
            {
                stop?.Flush(_text);
            }

            if (item.HasToken && isEnd && keepsTokens)
            {
                Keep(item.Choice, _prompt + _characters);
            }

            Finish = isStopped || isEnd ? "stop" : "length";
        }

        return false;
    }

    private bool TakeShown(TokenChoice choice)
    {
        ReadOnlySpan<char> piece = detokenizer.Append(choice.Id);
        if (keepsTokens)
        {
            // What the detokenizer holds back, and a token may begin in, has no characters of two code units.
            Keep(choice, _prompt + _characters + (detokenizer.Start - _units));
        }

        return Pass(piece);
    }

    private bool Pass(ReadOnlySpan<char> piece)
    {
        _units += piece.Length;
        _characters += PromptOffsets.Characters(piece);
        if (stop is not null)
        {
            return stop.Append(piece, _text, mayEnd: Count > minTokens);
        }

        _text.Write(piece);
        return false;
    }

    private void Keep(TokenChoice choice, int offset, bool isOfPrompt = false)
    {
        _tokens.Add(new AnswerToken(choice, offset, isOfPrompt));
        int alternatives = choice.TopLogProbs.Count;
        _alternativeBytes += alternatives == 0 ? 0 : ArrayBytes + (alternatives * (long)Unsafe.SizeOf<TopLogProbs.Entry>());
    }
}
