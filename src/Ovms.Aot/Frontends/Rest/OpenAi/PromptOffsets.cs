using Ovms.Generation;
using Ovms.Language.Vocabulary;

namespace Ovms.Frontends.Rest.OpenAi;

/// <summary>Where the tokens of a prompt begin in its text, for answers that repeat the prompt with its log-probabilities.</summary>
internal static class PromptOffsets
{
    /// <summary>The offset of each token, in Unicode characters.</summary>
    /// <param name="language">The model, whose tokenizer made the ids of the text, or the text of the ids.</param>
    /// <param name="text">The prompt.</param>
    /// <param name="ids">Its tokens.</param>
    /// <param name="isText">Whether the caller gave the text; else the ids, whose special tokens the text does not show.</param>
    public static int[] Of(LanguageModel language, string text, int[] ids, bool isText)
    {
        // Special tokens that the caller wrote are in the text; those that the tokenizer put around it are not.
        bool isSurrounded = isText && language.Tokenizer.Around.Fits(ids);
        return Of(
            language.Tokenizer.NewDetokenizer(skipSpecialTokens: !isText),
            text,
            ids,
            isSurrounded ? language.Tokenizer.Around.Before.Length : 0,
            isSurrounded ? language.Tokenizer.Around.After.Length : 0);
    }

    /// <summary>The offset of each token, in Unicode characters.</summary>
    /// <param name="detokenizer">A new one, which shows the tokens that the text shows.</param>
    /// <param name="text">The prompt.</param>
    /// <param name="ids">Its tokens.</param>
    /// <param name="before">So many of the first tokens are not in the text.</param>
    /// <param name="after">So many of the last tokens are not in the text.</param>
    public static int[] Of(Detokenizer detokenizer, string text, int[] ids, int before, int after)
    {
        int[] offsets = new int[ids.Length];
        int units = 0;
        int characters = 0;
        for (int i = 0; i < ids.Length; i++)
        {
            int start = i < before ? 0 : text.Length;
            if (i >= before && i < ids.Length - after)
            {
                detokenizer.Append(ids[i]);

                // A tokenizer that changes texts may decode to a longer one.
                start = Math.Clamp(detokenizer.Start, units, Math.Max(units, text.Length));
            }

            characters += Characters(text.AsSpan(units, start - units));
            units = start;
            offsets[i] = characters;
        }

        return offsets;
    }

    /// <summary>Unicode characters of a text that does not end within one.</summary>
    public static int Characters(ReadOnlySpan<char> text)
    {
        int count = text.Length;
        for (int at = NextPair(text); at >= 0; at = NextPair(text))
        {
            count--;
            text = text[(at + 1)..];
        }

        return count;
    }

    private static int NextPair(ReadOnlySpan<char> text) => text.IndexOfAnyInRange('\uDC00', '\uDFFF');
}
