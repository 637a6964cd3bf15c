using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Ovms.Language.Vocabulary;

/// <summary>What a detokenizer does, as far as it can be done token by token.</summary>
/// <param name="Tokens">The bytes of each id.</param>
/// <param name="Special">The ids that are left out when special tokens are skipped.</param>
/// <param name="Utf8">What becomes of bytes that are no characters.</param>
/// <param name="Rules">The changes to the whole text, in order; each makes its state for one text.</param>
internal sealed record DecodingRecipe(
    TokenBytes Tokens, FrozenSet<int> Special, Utf8Mode Utf8, ImmutableArray<Func<TextRule>> Rules)
{
    /// <summary>Whether an id is left out when special tokens are skipped.</summary>
    public bool IsSpecial(int id) => Special.Contains(id);
}
