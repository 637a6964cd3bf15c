using System.Collections.Immutable;
using System.Xml.Linq;
using Ovms.Language.Vocabulary;

namespace Ovms.Generation.Tokenizing;

/// <summary>The special tokens that a tokenizer puts before and after every text.</summary>
/// <param name="Before">Such as the one that begins a text.</param>
/// <param name="After">Such as the one that ends it.</param>
internal sealed record SurroundingIds(ImmutableArray<int> Before, ImmutableArray<int> After)
{
    /// <summary>No tokens.</summary>
    public static SurroundingIds None { get; } = new([], []);

    /// <summary>
    /// Reads them from the constants of CombineSegments, whose inputs are segments of three: where each row begins, where it ends, the
    /// ids. A constant segment holds special tokens; the other one is the text.
    /// </summary>
    /// <returns>The tokens; null if the IR has no such step, or more than one text.</returns>
    public static SurroundingIds? Of(TokenizerGraph graph)
    {
        XElement[] steps = [.. graph.OfType("CombineSegments")];
        if (steps.Length != 1)
        {
            return null;
        }

        List<int> before = [];
        List<int> after = [];
        bool isPast = false;
        for (int input = 0; input + 2 < graph.InputCount(steps[0]); input += 3)
        {
            if (graph.Numbers(graph.Source(steps[0], input)) is not { Length: 1 } begin)
            {
                if (isPast)
                {
                    return null;
                }

                isPast = true;
                continue;
            }

            if (graph.Numbers(graph.Source(steps[0], input + 1)) is not { Length: 1 } end
                || graph.Numbers(graph.Source(steps[0], input + 2)) is not { } ids
                || begin[0] < 0 || end[0] < begin[0] || end[0] > ids.Length)
            {
                return null;
            }

            (isPast ? after : before).AddRange(ids.AsSpan(begin[0]..end[0]));
        }

        return isPast ? new SurroundingIds([.. before], [.. after]) : null;
    }

    /// <summary>
    /// Finds them by the ids of samples: those of the empty text, which stand around every other text too. There must be one way only
    /// to split them.
    /// </summary>
    /// <param name="empty">The ids of the empty text.</param>
    /// <param name="samples">The ids of texts that begin and end differently.</param>
    /// <returns>The tokens; null if the samples do not tell.</returns>
    public static SurroundingIds? Of(int[] empty, IReadOnlyList<int[]> samples)
    {
        SurroundingIds[] fitting = [.. Enumerable.Range(0, empty.Length + 1)
            .Select(split => new SurroundingIds([.. empty[..split]], [.. empty[split..]]))
            .Where(around => samples.All(around.Fits))];
        return fitting.Length == 1 ? fitting[0] : null;
    }

    /// <summary>Whether ids begin and end with these.</summary>
    public bool Fits(int[] ids) => ids.Length >= Before.Length + After.Length
        && ids.AsSpan().StartsWith(Before.AsSpan()) && ids.AsSpan().EndsWith(After.AsSpan());

    /// <summary>The ids of the text alone.</summary>
    public int[] Without(int[] ids) => Before.Length + After.Length == 0 ? ids : ids[Before.Length..^After.Length];
}
