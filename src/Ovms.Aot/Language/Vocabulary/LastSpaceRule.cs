using System.Buffers;

namespace Ovms.Language.Vocabulary;

/// <summary>Removes a space at the very end, or before a line break at the very end, as the expression <c> $</c> finds it.</summary>
internal sealed class LastSpaceRule : TextRule
{
    private string _held = "";

    /// <inheritdoc/>
    public override int Held => _held.Length;

    /// <inheritdoc/>
    public override void Append(ReadOnlySpan<char> piece, IBufferWriter<char> text)
    {
        string all = string.Concat(_held, piece);
        int keep = all switch { [.., ' ', '\n'] => 2, [.., ' '] => 1, _ => 0 };
        text.Write(all.AsSpan(0, all.Length - keep));
        _held = all[^keep..];
    }

    /// <inheritdoc/>
    public override void Flush(IBufferWriter<char> text)
    {
        text.Write(_held.AsSpan(Math.Min(1, _held.Length)));
        _held = "";
    }
}
