using System.Buffers;

namespace Ovms.Language.Vocabulary;

/// <summary>Looks each token up in the vocabulary: its cost does not depend on the length of the text.</summary>
internal sealed class VocabularyDetokenizer : Detokenizer
{
    private readonly DecodingRecipe _recipe;
    private readonly bool _skipSpecialTokens;
    private readonly Utf8Stream _characters;
    private readonly TextRule[] _rules;

    // The last one holds the text for the caller; the one before rule i what that rule reads.
    private readonly ArrayBufferWriter<char>[] _texts;
    private int _given;
    private int _held;

    /// <summary>Creates one for an answer.</summary>
    /// <param name="recipe">The vocabulary and the rules.</param>
    /// <param name="skipSpecialTokens">Whether special tokens give no text.</param>
    public VocabularyDetokenizer(DecodingRecipe recipe, bool skipSpecialTokens)
    {
        _recipe = recipe;
        _skipSpecialTokens = skipSpecialTokens;
        _characters = new Utf8Stream(recipe.Utf8);
        _rules = [.. recipe.Rules.Select(static make => make())];
        _texts = [.. Enumerable.Range(0, _rules.Length + 1).Select(static _ => new ArrayBufferWriter<char>(64))];
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<char> Append(int id)
    {
        Clear();
        (int given, int known) = (_given, _given + _held);
        bool isOpen = _characters.IsOpen;
        if (!_skipSpecialTokens || !_recipe.IsSpecial(id))
        {
            _characters.Append(_recipe.Tokens[id], _texts[0]);
            for (int i = 0; i < _rules.Length; i++)
            {
                _rules[i].Append(_texts[i].WrittenSpan, _texts[i + 1]);
            }
        }

        // Counted back from the end: what rules held before may have been given or removed now. A character that stays broken is of the
        // tokens before.
        int broken = isOpen && _texts[0].WrittenSpan is [Utf8Stream.Broken, ..] ? 1 : 0;
        _given += _texts[^1].WrittenCount;
        _held = Held;
        Start = Math.Clamp(_given + _held + broken - _texts[0].WrittenCount, given, known + broken);
        return _texts[^1].WrittenSpan;
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<char> Flush()
    {
        Clear();
        _characters.Flush(_texts[0]);
        for (int i = 0; i < _rules.Length; i++)
        {
            _rules[i].Append(_texts[i].WrittenSpan, _texts[i + 1]);
            _rules[i].Flush(_texts[i + 1]);
        }

        return _texts[^1].WrittenSpan;
    }

    private int Held
    {
        get
        {
            int held = 0;
            foreach (TextRule rule in _rules)
            {
                held += rule.Held;
            }

            return held;
        }
    }

    private void Clear()
    {
        foreach (ArrayBufferWriter<char> text in _texts)
        {
            text.ResetWrittenCount();
        }
    }
}
