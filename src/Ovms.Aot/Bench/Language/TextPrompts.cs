namespace Ovms.Bench.Language;

/// <summary>
/// Prompts of a given length that the prefix cache never knows: ids of a text in an order of their own.
/// </summary>
/// <param name="ids">Ids of ordinary text.</param>
/// <param name="length">Tokens of a prompt.</param>
internal sealed class TextPrompts(int[] ids, int length)
{
    /// <summary>What the ids are taken from.</summary>
    public const string Text =
        "The harbour was quiet in the early morning. Two men repaired a net on the quay, and a woman counted boxes of fish. "
        + "A small boat came in from the sea; its engine stopped, and a boy threw a rope. How much did you catch today? Enough for "
        + "one market, he said, and not a single box more. Prices rise by 12 percent when the weather turns, and nobody knows why.";

    private int _count;

    /// <summary>Tokens of a prompt.</summary>
    public int Length => length;

    /// <summary>Makes the next prompt. Any thread may ask.</summary>
    public int[] Next()
    {
        Random order = new(Interlocked.Increment(ref _count));
        int[] prompt = new int[length];
        for (int i = 0; i < length; i++)
        {
            prompt[i] = ids[order.Next(ids.Length)];
        }

        return prompt;
    }
}
