using Ovms.Repository.Language;
using Ovms.Status;

namespace Ovms.Generation.Tokenizing;

/// <summary>
/// Whether tokenizer and model have the same tokens. A few added tokens without logits are usual, and a model may have more logits than
/// there are tokens.
/// </summary>
internal static class VocabularyFit
{
    // A sentence that every tokenizer makes of its most usual tokens.
    private const string Sample = "The quick brown fox jumps over the lazy dog, 0123456789 times.";

    private const int UsualExcess = 1024;

    /// <summary>Checks it.</summary>
    /// <param name="folder">The model's folder, for the sentences.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="logits">Logits of a row.</param>
    /// <param name="notes">Gets a sentence about tokens that the model does not have.</param>
    /// <returns>Ok, or that nearly every request would be refused.</returns>
    public static Outcome Check(LanguageFolder folder, LanguageTokenizer tokenizer, int logits, ICollection<string> notes)
    {
        Outcome<int[]> sample = tokenizer.Encode(Sample, addSpecialTokens: true);
        return sample.IsOk
            ? Check(folder, tokenizer.VocabularySize, sample.Value, logits, notes)
            : sample.WithoutValue;
    }

    /// <summary>The rule.</summary>
    /// <param name="ids">Number of ids; -1 if it is not known.</param>
    /// <param name="sample">The ids of a usual text.</param>
    /// <inheritdoc cref="Check(LanguageFolder, LanguageTokenizer, int, ICollection{string})"/>
    internal static Outcome Check(LanguageFolder folder, int ids, int[] sample, int logits, ICollection<string> notes)
    {
        const string Remedy = "They seem to be of different models; convert the tokenizer of this one: "
            + "convert_tokenizer NAME_OR_FOLDER --with-detokenizer -o FOLDER";
        int excess = ids - logits;
        if (excess > Math.Max(UsualExcess, logits / 4))
        {
            return Outcome.Fail(
                StatusCode.LanguageFileInvalid,
                $"{folder.Detokenizer} has {ids} tokens; the model has logits for {logits}. {Remedy}");
        }

        if (sample.Where(id => id >= logits).Select(static id => (int?)id).FirstOrDefault() is { } unknown)
        {
            return Outcome.Fail(
                StatusCode.LanguageFileInvalid,
                $"{folder.Tokenizer} makes the token {unknown} of a usual text; the model has the tokens 0 to {logits - 1}. {Remedy}");
        }

        if (excess > 0)
        {
            notes.Add(
                $"{folder.Detokenizer} has {ids} tokens; the model has logits for {logits}. "
                    + $"A prompt with one of the last {excess} is refused.");
        }

        return Outcome.Ok;
    }
}
