using Ovms.Generation;

namespace Ovms.Frontends.Rest.OpenAi;

/// <summary>One request for text, with all that its answers need.</summary>
internal sealed record TextCall
{
    /// <summary>The id of the response.</summary>
    public required string Id { get; init; }

    /// <summary>When it was made, in seconds since 1970.</summary>
    public required long Created { get; init; }

    /// <summary>The model's name as the caller wrote it.</summary>
    public required string Model { get; init; }

    /// <summary>The model.</summary>
    public required LanguageModel Language { get; init; }

    /// <summary>The fields of the request.</summary>
    public required SamplingFields Fields { get; init; }

    /// <summary>The prompts.</summary>
    public required TextPrompt[] Prompts { get; init; }

    /// <summary>Alternatives of each token wanted; -1 = no log-probabilities.</summary>
    public required int LogProbs { get; init; }

    /// <summary>Whether answers repeat the prompt.</summary>
    public required bool Echoes { get; init; }

    /// <summary>All answers.</summary>
    public IEnumerable<ChoiceText> Choices => Prompts.SelectMany(static prompt => prompt.Choices);

    /// <summary>Tokens of all prompts.</summary>
    public int PromptTokens => Prompts.Sum(static prompt => prompt.Ids.Length);

    /// <summary>Generated tokens of all answers.</summary>
    public int CompletionTokens => Prompts.Sum(static prompt => prompt.Choices.Sum(static choice => choice.Count));

    /// <summary>Tokens of the prompts that were in the cache.</summary>
    public int CachedTokens => Prompts.Sum(static prompt => prompt.Generation.CachedTokens);

    /// <summary>Ends all that is still generated. Nothing happens to what has ended.</summary>
    public void Cancel()
    {
        foreach (TextPrompt prompt in Prompts)
        {
            prompt.Generation.Cancel();
        }
    }
}
