using System.Buffers;

namespace Ovms.Language.Vocabulary;

/// <summary>
/// A change that a detokenizer makes to the whole text, made while the text arrives. It holds back only what a later piece may still
/// change. Belongs to one text.
/// </summary>
internal abstract class TextRule
{
    /// <summary>How many characters are held back.</summary>
    public abstract int Held { get; }

    /// <summary>Takes a piece and gives what is certain.</summary>
    public abstract void Append(ReadOnlySpan<char> piece, IBufferWriter<char> text);

    /// <summary>Ends the text and gives what was held back.</summary>
    public abstract void Flush(IBufferWriter<char> text);
}
