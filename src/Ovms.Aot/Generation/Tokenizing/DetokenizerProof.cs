using System.Collections.Frozen;
using System.Text;
using Ovms.Language.Vocabulary;
using Ovms.Status;

namespace Ovms.Generation.Tokenizing;

/// <summary>
/// Compares, when a model is loaded, what the vocabulary gives token by token with what the IR gives for all tokens at once: two thousand
/// ids and all special tokens, each alone and in sequences.
/// </summary>
internal static class DetokenizerProof
{
    private const int Samples = 2_000;
    private const int SequenceLength = 50;

    /// <summary>Compares.</summary>
    /// <param name="model">The IR with its recipe.</param>
    /// <returns>What differs first, empty if nothing does; or the engine's error.</returns>
    public static Outcome<string> Compare(DetokenizerModel model, DecodingRecipe recipe)
    {
        int[] ids = Sample(recipe.Tokens.Count, model.Special);
        foreach (int length in new[] { 1, SequenceLength })
        {
            // A last sequence that is too short is filled up from the beginning.
            int rows = (ids.Length + length - 1) / length;
            int[] batch = [.. Enumerable.Range(0, rows * length).Select(i => ids[i % ids.Length])];
            Outcome<string[]> texts = model.DecodeAsync(batch, rows, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            if (!texts.IsOk)
            {
                return texts.WithoutValue;
            }

            for (int row = 0; row < rows; row++)
            {
                ReadOnlySpan<int> sequence = batch.AsSpan(row * length, length);
                string own = InPieces(new VocabularyDetokenizer(recipe, skipSpecialTokens: false), sequence);
                if (own != texts.Value[row])
                {
                    return $"ids {Shown.Bounded(string.Join(',', sequence.ToArray()))} give '{Shown.Bounded(texts.Value[row])}', "
                        + $"by the vocabulary '{Shown.Bounded(own)}'";
                }
            }
        }

        return "";
    }

    /// <summary>The text of a sequence as a detokenizer gives it piece by piece.</summary>
    public static string InPieces(Detokenizer detokenizer, ReadOnlySpan<int> ids)
    {
        StringBuilder text = new();
        foreach (int id in ids)
        {
            text.Append(detokenizer.Append(id));
        }

        return text.Append(detokenizer.Flush()).ToString();
    }

    // The same ids at every load, so that a fault shows itself every time.
    private static int[] Sample(int count, FrozenSet<int> special)
    {
        Random random = new(2_000);
        int[] drawn = [.. Enumerable.Range(0, Samples).Select(_ => random.Next(count)), .. special.Where(id => id < count)];
        random.Shuffle(drawn);
        return drawn;
    }
}
