using System.Buffers;

namespace Ovms.Language.Vocabulary;

/// <summary>Removes a text from the very beginning, once: the space that SentencePiece puts before the first word.</summary>
/// <param name="first">What is removed; not empty.</param>
/// <param name="beforeOther">Whether it stays unless something else than a space follows.</param>
internal sealed class FirstTextRule(string first, bool beforeOther) : TextRule
{
    private string _held = "";
    private bool _isPast;

    /// <inheritdoc/>
    public override int Held => _held.Length;

    /// <inheritdoc/>
    public override void Append(ReadOnlySpan<char> piece, IBufferWriter<char> text)
    {
        if (_isPast)
        {
            text.Write(piece);
            return;
        }

        _held = string.Concat(_held, piece);
        if (_held.Length > first.Length || (!beforeOther && _held.Length == first.Length))
        {
            bool isRemoved = _held.StartsWith(first, StringComparison.Ordinal) && !(beforeOther && _held[first.Length] == ' ');
            End(isRemoved ? _held.AsSpan(first.Length) : _held, text);
        }
        else if (!first.StartsWith(_held, StringComparison.Ordinal))
        {
            End(_held, text);
        }
    }

    /// <inheritdoc/>
    public override void Flush(IBufferWriter<char> text) => End(_held, text);

    private void End(ReadOnlySpan<char> rest, IBufferWriter<char> text)
    {
        text.Write(rest);
        _held = "";
        _isPast = true;
    }
}
