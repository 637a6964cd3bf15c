namespace Ovms.Language.Vocabulary;

/// <summary>
/// Turns the tokens of one answer into text as they arrive. All pieces together are what the tokens give when they are decoded at once.
/// A piece never ends within a character. Used by one caller at a time.
/// </summary>
internal abstract class Detokenizer
{
    /// <summary>
    /// Where the text of the last token begins, in UTF-16 code units from the beginning of all text. A token that is part of a character
    /// begins where the character does; one without text where the next one does. If a later token removes a space before it, as
    /// clean-up of tokenization spaces may, it begins one earlier.
    /// </summary>
    public int Start { get; protected set; }

    /// <summary>Takes a token.</summary>
    /// <returns>The text that is certain now and was not given before; often empty. Valid until the next call.</returns>
    public abstract ReadOnlySpan<char> Append(int id);

    /// <summary>Ends the answer.</summary>
    /// <returns>The rest of the text, with U+FFFD for a character that is not whole. Valid until the next call.</returns>
    public abstract ReadOnlySpan<char> Flush();
}
