using System.Collections.Frozen;
using System.Diagnostics;
using Ovms.Language.Vocabulary;
using Ovms.Native;
using Ovms.Repository.Language;
using Ovms.Status;

namespace Ovms.Generation.Tokenizing;

/// <summary>
/// Ids to texts: by the vocabulary where that was proven equal to the IR, else by the IR. Owns the compiled IRs that it still needs.
/// </summary>
internal sealed class TokenDecoder : IDisposable
{
    private readonly FrozenSet<int> _special;

    // Both are null if the vocabulary says all that they would. The second one is for IRs whose special tokens cannot be left out before.
    private readonly DetokenizerModel? _showing;
    private readonly DetokenizerModel? _skipping;

    private TokenDecoder(DetokenizerModel showing, DetokenizerModel? skipping, DecodingRecipe? recipe)
    {
        VocabularySize = showing.VocabularySize;
        Recipe = recipe;
        _special = showing.Special;
        _showing = showing;
        _skipping = skipping;
        if (recipe is not null)
        {
            showing.Dispose();
            _showing = null;
        }
    }

    /// <summary>Number of ids; -1 if the IR does not tell it.</summary>
    public int VocabularySize { get; }

    /// <summary>The vocabulary and the rules; null if each text is decoded by the IR.</summary>
    public DecodingRecipe? Recipe { get; }

    /// <summary>Reads the IR, and compares it with its vocabulary.</summary>
    /// <param name="special">The special tokens by the files, for an IR that does not list them.</param>
    /// <param name="notes">Gets a sentence if the IR is needed.</param>
    public static Outcome<TokenDecoder> Load(
        Core core, LanguageFolder folder, IReadOnlyCollection<int> special, EncodingLimits limits, List<string> notes)
    {
        Outcome<DetokenizerModel> showing = DetokenizerModel.Load(core, folder, special, showAll: true, limits);
        if (!showing.IsOk)
        {
            return showing.WithoutValue;
        }

        Outcome<string> difference = showing.Value.Recipe is { } recipe ? DetokenizerProof.Compare(showing.Value, recipe)
            : "its tokens have no text of their own";
        if (difference.IsOk && difference.Value.Length == 0)
        {
            return new TokenDecoder(showing.Value, null, showing.Value.Recipe);
        }

        Outcome<DetokenizerModel> skipping = default;
        if (difference.IsOk && !showing.Value.IsFiltered)
        {
            skipping = DetokenizerModel.Load(core, folder, special, showAll: false, limits);
        }

        if (!difference.IsOk || !skipping.WithoutValue.IsOk)
        {
            showing.Value.Dispose();
            return difference.IsOk ? skipping.WithoutValue : difference.WithoutValue;
        }

        notes.Add($"{folder.Detokenizer} cannot be decoded token by token: {difference.Value}. The last tokens of an answer are decoded "
            + "again for each new one, which is slower.");
        return new TokenDecoder(showing.Value, skipping.Value, null);
    }

    /// <summary>Whether an id is a special token.</summary>
    public bool IsSpecial(int id) => _special.Contains(id);

    /// <summary>The text of ids. Ids outside the vocabulary give none.</summary>
    /// <exception cref="OvmsException">The IR failed.</exception>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens) => Recipe is null
        ? DecodeByIr(ids, skipSpecialTokens)
        : DetokenizerProof.InPieces(NewDetokenizer(skipSpecialTokens), ids);

    /// <summary>Bytes of the texts of ids; a guess where only the IR knows them.</summary>
    public long BytesOf(ReadOnlySpan<int> ids)
    {
        const long Guess = 8;
        if (Recipe is null)
        {
            return ids.Length * Guess;
        }

        long bytes = 0;
        foreach (int id in ids)
        {
            bytes += Recipe.Tokens[id].Length;
        }

        return bytes;
    }

    /// <summary>A detokenizer for one answer. It fails as <see cref="Decode"/>.</summary>
    public Detokenizer NewDetokenizer(bool skipSpecialTokens) => Recipe is not null
        ? new VocabularyDetokenizer(Recipe, skipSpecialTokens)
        : new WindowDetokenizer(ids => DecodeByIr(ids, skipSpecialTokens));

    /// <inheritdoc/>
    public void Dispose()
    {
        _showing?.Dispose();
        _skipping?.Dispose();
    }

    private string DecodeByIr(ReadOnlySpan<int> ids, bool skipSpecialTokens)
    {
        Debug.Assert(_showing is not null, "The IR is freed only if the vocabulary says all that it would.");
        List<int> seen = new(ids.Length);
        foreach (int id in ids)
        {
            if (id >= 0 && (VocabularySize < 0 || id < VocabularySize)
                && !(skipSpecialTokens && _skipping is null && _special.Contains(id)))
            {
                seen.Add(id);
            }
        }

        if (seen.Count == 0)
        {
            return "";
        }

        DetokenizerModel model = skipSpecialTokens && _skipping is not null ? _skipping : _showing;
        Outcome<string[]> texts = model.DecodeAsync([.. seen], 1, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        return texts.IsOk ? texts.Value[0] : throw new OvmsException(texts.WithoutValue);
    }
}
