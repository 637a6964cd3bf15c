using Ovms.Serving.Loading;

namespace Ovms.Frontends.Rest.OpenAi;

/// <summary>
/// The limits of a model's requests. A fault names the option, or has the original's text where a graph gave the options.
/// </summary>
/// <param name="BestOf">n may reach it; best_of must be below it, or equal to n.</param>
/// <param name="Tokens">max_tokens must be below it, other fields may reach it, as in the original; null = none.</param>
/// <param name="IsOfGraph">Whether a graph gave the options.</param>
internal sealed record TextLimits(int BestOf, int? Tokens, bool IsOfGraph = false)
{
    /// <summary>The limits of a model.</summary>
    public static TextLimits Of(LanguageSettings settings) =>
        new(settings.BestOfLimit, settings.MaxTokensLimit, settings.IsOfGraph) { Sequences = settings.MaxSequences };

    /// <summary>Sequences that the model computes at a time, and one request may ask for.</summary>
    public int Sequences { get; init; } = int.MaxValue;

    /// <summary>Checks a request's limit on tokens.</summary>
    /// <param name="fields">Receives the fault.</param>
    /// <param name="name">The field that gave it.</param>
    /// <param name="tokens">What it asks for; null = nothing.</param>
    /// <param name="least">The least number allowed: 1, or 0 for a prompt that is only scored.</param>
    public void CheckTokens(RequestFields fields, string name, long? tokens, int least = 1)
    {
        bool mustBeBelow = name == "max_tokens";
        if (tokens < least)
        {
            fields.Fail($"{name} value should be greater than {least - 1}");
        }
        else if (tokens is { } asked && Tokens is { } limit && (asked > limit || (asked == limit && mustBeBelow)))
        {
            fields.Fail(Why(name, asked, "max_tokens_limit", limit, mustBeBelow));
        }
    }

    /// <summary>Checks how many answers a request asks for.</summary>
    /// <param name="fields">Receives the fault.</param>
    /// <param name="answers">The field n.</param>
    public void CheckAnswers(RequestFields fields, long answers)
    {
        if (answers > BestOf)
        {
            fields.Fail(Why("n", answers, "best_of_limit", BestOf, mustBeBelow: false));
        }
    }

    /// <summary>Checks how many sequences a request asks for: all of them are computed side by side.</summary>
    /// <param name="fields">Receives the fault.</param>
    /// <param name="prompts">Number of prompts.</param>
    /// <param name="answers">The field n.</param>
    public void CheckSequences(RequestFields fields, int prompts, int answers)
    {
        long asked = (long)prompts * answers;
        if (asked > Sequences)
        {
            fields.Fail(
                $"{asked} answers were asked for (prompts: {prompts}, n: {answers}); this model computes at most {Sequences} at a time "
                + "(max_num_seqs)");
        }
    }

    /// <summary>Checks among how many answers a request wants the best.</summary>
    /// <param name="fields">Receives the fault.</param>
    /// <param name="bestOf">The field best_of.</param>
    /// <param name="answers">The field n.</param>
    public void CheckBestOf(RequestFields fields, long bestOf, long answers)
    {
        if (bestOf > BestOf || (bestOf == BestOf && answers != bestOf))
        {
            string why = Why("best_of", bestOf, "best_of_limit", BestOf, mustBeBelow: answers != bestOf);
            fields.Fail(bestOf == BestOf && !IsOfGraph ? $"{why}, unless n is {bestOf} too" : why);
        }
    }

    private string Why(string field, long value, string option, int limit, bool mustBeBelow) =>
        IsOfGraph ? $"{field} exceeds limit provided in graph config: {limit}"
        : mustBeBelow ? $"{field} is {value}; it must be below {option}, which is {limit} for this model"
        : $"{field} is {value}; it must not be above {option}, which is {limit} for this model";
}
