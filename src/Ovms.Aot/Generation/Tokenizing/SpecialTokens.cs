using System.Collections.Immutable;
using Ovms.Language.Vocabulary;
using Ovms.Repository.Language;

namespace Ovms.Generation.Tokenizing;

/// <summary>The tokens with a role, completed from the vocabulary.</summary>
/// <param name="Bos">Begins a text.</param>
/// <param name="Eos">Ends an answer.</param>
/// <param name="Pad">Fills up.</param>
/// <param name="EndIds">All ids that end an answer; empty if none is known.</param>
internal sealed record SpecialTokens(SpecialToken Bos, SpecialToken Eos, SpecialToken Pad, ImmutableArray<int> EndIds)
{
    /// <summary>Completes what the files say.</summary>
    /// <param name="facts">The files.</param>
    /// <param name="recipe">The vocabulary; null if it is not known.</param>
    public static SpecialTokens Of(LanguageFacts facts, DecodingRecipe? recipe)
    {
        SpecialToken eos = Complete(facts.Tokens.Eos, recipe);
        return new SpecialTokens(
            Complete(facts.Tokens.Bos, recipe),
            eos,
            Complete(facts.Tokens.Pad, recipe),
            facts.EndIds.Length > 0 || eos.Id is null ? facts.EndIds : [eos.Id.Value]);
    }

    private static SpecialToken Complete(SpecialToken token, DecodingRecipe? recipe)
    {
        if (recipe is null)
        {
            return token;
        }

        if (token is { Text: null, Id: { } id } && recipe.Tokens[id] is { Length: > 0 } bytes)
        {
            return token with { Text = System.Text.Encoding.UTF8.GetString(bytes) };
        }

        return token is { Id: null, Text: { } text } && recipe.Tokens.Find(System.Text.Encoding.UTF8.GetBytes(text)) is >= 0 and var found
            ? token with { Id = found }
            : token;
    }
}
