using System.Buffers;

namespace Ovms.Language.Vocabulary;

/// <summary>Replaces a text by another wherever it stands.</summary>
/// <param name="what">What is replaced; not empty.</param>
/// <param name="by">What stands there instead; may be empty.</param>
internal sealed class ReplaceRule(string what, string by) : TextRule
{
    private string _held = "";

    /// <inheritdoc/>
    public override int Held => _held.Length;

    /// <inheritdoc/>
    public override void Append(ReadOnlySpan<char> piece, IBufferWriter<char> text)
    {
        string all = string.Concat(_held, piece);
        ReadOnlySpan<char> rest = all;
        for (int at = rest.IndexOf(what, StringComparison.Ordinal); at >= 0; at = rest.IndexOf(what, StringComparison.Ordinal))
        {
            text.Write(rest[..at]);
            text.Write(by);
            rest = rest[(at + what.Length)..];
        }

        int keep = Math.Min(what.Length - 1, rest.Length);
        while (!what.AsSpan().StartsWith(rest[^keep..], StringComparison.Ordinal))
        {
            keep--;
        }

        text.Write(rest[..^keep]);
        _held = rest[^keep..].ToString();
    }

    /// <inheritdoc/>
    public override void Flush(IBufferWriter<char> text)
    {
        text.Write(_held);
        _held = "";
    }
}
