using System.Buffers;
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
internal sealed class ChoiceText(int index, Detokenizer detokenizer, StopText? stop, bool keepsTokens)
{
    private readonly ArrayBufferWriter<char> _text = new();
    private readonly List<TokenChoice> _tokens = [];
    private bool _isEndTaken;

    /// <summary>Its index in the response.</summary>
    public int Index => index;

    /// <summary>Number of generated tokens, the end token and those of a stop text included.</summary>
    public int Count { get; private set; }

    /// <summary>Why it ended: stop or length; null while it goes on.</summary>
    public string? Finish { get; private set; }

    /// <summary>The text since <see cref="Clear"/>.</summary>
    public ReadOnlySpan<char> Text => _text.WrittenSpan;

    /// <summary>The tokens since <see cref="Clear"/>, if they are wanted.</summary>
    public IReadOnlyList<TokenChoice> Tokens => _tokens;

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
    }

    /// <summary>Begins with the prompt, for answers that repeat it.</summary>
    /// <param name="text">The prompt.</param>
    /// <param name="first">Its first token.</param>
    public void Begin(string text, int first)
    {
        _text.Write(text);
        TakePrompt(new TokenChoice(first, float.NaN, default));
    }

    /// <summary>Takes a token of the prompt, which an answer that repeats the prompt shows.</summary>
    public void TakePrompt(TokenChoice choice)
    {
        if (keepsTokens)
        {
            _tokens.Add(choice);
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

        if (item.HasToken)
        {
            Count++;
            if (keepsTokens)
            {
                _tokens.Add(item.Choice);
            }

            // The token that ends an answer is counted and not shown.
            if (item.Finish != Generation.Requests.Finish.Stop && Pass(detokenizer.Append(item.Choice.Id)))
            {
                Finish = "stop";
                return true;
            }
        }

        if (item.Finish != Generation.Requests.Finish.None)
        {
            bool isStopped = Pass(detokenizer.Flush());
            if (!isStopped)
            {
                stop?.Flush(_text);
            }

            Finish = isStopped || item.Finish == Generation.Requests.Finish.Stop ? "stop" : "length";
        }

        return false;
    }

    private bool Pass(ReadOnlySpan<char> piece)
    {
        if (stop is not null)
        {
            return stop.Append(piece, _text);
        }

        _text.Write(piece);
        return false;
    }
}
