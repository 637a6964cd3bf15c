using Ovms.Repository.Language;
using Ovms.Status;

namespace Ovms.Generation.Tokenizing;

/// <summary>
/// Whether tokenizer and model have the same tokens. A few added tokens without logits are usual, and a model may have more logits than
/// there are tokens. A model whose tokenizer is another's is served, because prompts of token ids work.
/// </summary>
internal static class VocabularyFit
{
    // A sentence that every tokenizer makes of its most usual tokens.
    private const string Sample = "The quick brown fox jumps over the lazy dog, 0123456789 times.";

    private const int UsualExcess = 1024;

    /// <summary>A warning about tokens that the model does not have; null if there is none.</summary>
    /// <param name="folder">The model's folder, for the sentence.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="logits">Logits of a row.</param>
    public static string? WarningOf(LanguageFolder folder, LanguageTokenizer tokenizer, int logits)
    {
        Outcome<int[]> sample = tokenizer.Encode(Sample, addSpecialTokens: true);
        return sample.IsOk
            ? WarningOf(folder, tokenizer.VocabularySize, sample.Value, logits)
            : $"{folder.Tokenizer} cannot make tokens of a usual text: {sample.Text}";
    }

    /// <summary>The rule.</summary>
    /// <param name="ids">Number of ids; -1 if it is not known.</param>
    /// <param name="sample">The ids of a usual text.</param>
    /// <inheritdoc cref="WarningOf(LanguageFolder, LanguageTokenizer, int)"/>
    internal static string? WarningOf(LanguageFolder folder, int ids, int[] sample, int logits)
    {
        const string Remedy = "They seem to be of different models; convert the tokenizer of this one: "
            + "convert_tokenizer NAME_OR_FOLDER --with-detokenizer -o FOLDER";
        int excess = ids - logits;
        int unknown = Array.Find(sample, id => id >= logits);
        return unknown > 0
            ? $"{folder.Tokenizer} makes the token {unknown} of a usual text; the model has the tokens 0 to {logits - 1}, and refuses "
                + $"prompts with others. {Remedy}"
            : excess > Math.Max(UsualExcess, logits / 4)
            ? $"{folder.Detokenizer} has {ids} tokens; the model has logits for {logits}, and refuses prompts with others. {Remedy}"
            : excess > 0
            ? $"{folder.Detokenizer} has {ids} tokens; the model has logits for {logits}. "
                + $"A prompt with one of the last {excess} is refused."
            : null;
    }
}
