using Ovms.Status;

namespace Ovms.Generation.Tokenizing;

/// <summary>Proves on samples, when a model is loaded, which special tokens a tokenizer puts around every text.</summary>
internal static class EncodingProof
{
    // They begin and end differently, so that only what stands around all of them is common.
    private static readonly string[] s_samples = ["a", "Hello, world!", " 7 x", "\u65E5\u672C", "\n", "z9"];

    /// <summary>Finds the tokens.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="path">Its file, for the note.</param>
    /// <param name="notes">Gets a sentence if they cannot be told.</param>
    /// <returns>The tokens, or the engine's error.</returns>
    public static Outcome<SurroundingIds> Find(TokenizerModel tokenizer, string path, List<string> notes)
    {
        Outcome<int[]> empty = Encode(tokenizer, "");
        if (!empty.IsOk)
        {
            return empty.WithoutValue;
        }

        List<int[]> samples = [];
        foreach (string text in s_samples)
        {
            Outcome<int[]> ids = Encode(tokenizer, text);
            if (!ids.IsOk)
            {
                return ids.WithoutValue;
            }

            samples.Add(ids.Value);
        }

        if (tokenizer.Around is { } stated && samples.All(stated.Fits))
        {
            return stated;
        }

        if (SurroundingIds.Of(empty.Value, samples) is { } found)
        {
            return found;
        }

        notes.Add($"{path} does not tell which special tokens it adds to a text; they stay where a text is wanted without them.");
        return SurroundingIds.None;
    }

    private static Outcome<int[]> Encode(TokenizerModel tokenizer, string text) =>
        tokenizer.EncodeAsync(System.Text.Encoding.UTF8.GetBytes(text), CancellationToken.None).AsTask().GetAwaiter().GetResult();
}
