namespace Ovms.Language.Text;

/// <summary>A string that is looked for character by character: its failure table, after Knuth, Morris and Pratt.</summary>
internal sealed class StopString
{
    // For each length of a beginning: the length of the longest shorter beginning with which it ends.
    private readonly int[] _shorter;

    /// <summary>Prepares the search for a text that is not empty.</summary>
    public StopString(string text)
    {
        Text = text;
        _shorter = new int[text.Length + 1];
        for (int length = 2; length <= text.Length; length++)
        {
            _shorter[length] = Advance(_shorter[length - 1], text[length - 1]);
        }
    }

    /// <summary>The string.</summary>
    public string Text { get; }

    /// <summary>How many of the string's first characters a text ends with that ends with the string, not counting all of it.</summary>
    public int Shorter => _shorter[Text.Length];

    /// <summary>How many of the string's first characters a text ends with after one more character.</summary>
    /// <param name="matched">The number before it; less than the string's length.</param>
    public int Advance(int matched, char next)
    {
        while (matched > 0 && Text[matched] != next)
        {
            matched = _shorter[matched];
        }

        return Text[matched] == next ? matched + 1 : 0;
    }
}
