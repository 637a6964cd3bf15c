using System.Buffers;

namespace Ovms.Language.Vocabulary;

/// <summary>
/// Removes spaces before marks and short forms of English, as clean_up_tokenization_spaces does: <c> .</c> <c> ?</c> <c> !</c> <c> ,</c>
/// <c> 's</c> <c> 'm</c> <c> 've</c> <c> 're</c> <c> n't</c>, and both spaces of <c> ' </c>.
/// </summary>
internal sealed class CleanUpRule : TextRule
{
    /// <summary>The regular expression of converted tokenizers whose work this rule does.</summary>
    public const string Pattern = @"(?| ([\\.\\?\\!,])| ('[ms])| (') | ('[rv]e)| (n't))";

    /// <summary>What that expression puts in the place of what it finds.</summary>
    public const string Replacement = "$1";

    private string _held = "";

    /// <inheritdoc/>
    public override int Held => _held.Length;

    /// <inheritdoc/>
    public override void Append(ReadOnlySpan<char> piece, IBufferWriter<char> text) => Write(piece, isEnd: false, text);

    /// <inheritdoc/>
    public override void Flush(IBufferWriter<char> text) => Write([], isEnd: true, text);

    private void Write(ReadOnlySpan<char> piece, bool isEnd, IBufferWriter<char> text)
    {
        if (_held.Length == 0 && !piece.Contains(' '))
        {
            text.Write(piece);
            return;
        }

        string all = string.Concat(_held, piece);
        ReadOnlySpan<char> rest = all;
        _held = "";
        for (int at = rest.IndexOf(' '); at >= 0; at = rest.IndexOf(' '))
        {
            text.Write(rest[..at]);
            rest = rest[at..];
            switch (Look(rest[1..]))
            {
                case null when !isEnd:
                    _held = rest.ToString();
                    return;
                case { Taken: > 0 } match:
                    text.Write(rest.Slice(1, match.Kept));
                    rest = rest[(1 + match.Taken)..];
                    break;
                default:
                    text.Write(" ");
                    rest = rest[1..];
                    break;
            }
        }

        text.Write(rest);
    }

    // What follows a space: how much of it is kept and how much is read; nothing is read where no form matches; null if more is needed.
    private static (int Kept, int Taken)? Look(ReadOnlySpan<char> next) => next switch
    {
        [] or ['\''] or ['\'', 'r' or 'v'] or ['n'] or ['n', '\''] => null,
        ['\\' or '.' or '?' or '!' or ',', ..] => (1, 1),
        ['\'', 'm' or 's', ..] => (2, 2),
        ['\'', ' ', ..] => (1, 2),
        ['\'', 'r' or 'v', 'e', ..] or ['n', '\'', 't', ..] => (3, 3),
        _ => (0, 0),
    };
}
