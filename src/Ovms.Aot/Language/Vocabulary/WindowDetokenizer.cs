using System.Runtime.InteropServices;

namespace Ovms.Language.Vocabulary;

/// <summary>Decodes ids at once.</summary>
/// <returns>The text of all ids.</returns>
internal delegate string DecodeIds(ReadOnlySpan<int> ids);

/// <summary>
/// For vocabularies that cannot be read token by token: decodes the last tokens together with each new one, and gives what was not given
/// before. Its cost is that of a short decoding.
/// </summary>
/// <param name="decode">Decodes ids at once.</param>
internal sealed class WindowDetokenizer(DecodeIds decode) : Detokenizer
{
    // A window is shortened to the lesser number when it has reached the greater one. A cut needs tokens before it whose text is known.
    private const int MostTokens = 24;
    private const int FewestTokens = 12;

    // Tokens without any text leave nothing to recognise; so many of them are not kept.
    private const int MostSilentTokens = 256;

    private const char Broken = '\uFFFD';

    // The bytes of a broken character that may still become whole.
    private const int MostBroken = 3;

    // Rules that remove spaces look at up to three characters after a space.
    private const int MostAfterSpace = 3;

    private readonly List<int> _ids = [];
    private string _text = "";
    private int _given;

    // Of all text, not of the window's.
    private int _all;

    /// <inheritdoc/>
    public override ReadOnlySpan<char> Append(int id)
    {
        string open = _text[Math.Min(_given, _text.Length)..].TrimEnd(Broken);
        _ids.Add(id);
        Shorten();
        _text = Decode(0);
        Start = _all + open.AsSpan().CommonPrefixLength(_text.AsSpan(Math.Min(_given, _text.Length)));
        return Give(Certain(_text));
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<char> Flush() => Give(_text.Length);

    private ReadOnlySpan<char> Give(int end)
    {
        int begin = Math.Min(_given, _text.Length);
        _given = Math.Max(begin, end);
        _all += _given - begin;
        return _text.AsSpan(begin, _given - begin);
    }

    // Removes the oldest tokens if the text of the others ends as before: the text that is not given yet must be in both.
    private void Shorten()
    {
        if (_ids.Count <= MostTokens)
        {
            return;
        }

        int removed = _ids.Count - 1 - FewestTokens;
        int newest = _ids[^1];
        _ids.RemoveAt(_ids.Count - 1);
        string kept = Decode(removed);
        int open = Math.Min(_text.Length - Math.Min(_given, _text.Length), kept.Length);
        int known = Math.Min(kept.Length, _text.Length) - open;
        bool isSame = known > 0 && _text.AsSpan().EndsWith(kept.AsSpan(kept.Length - open - Math.Min(known, FewestTokens)));
        if (isSame || removed > MostSilentTokens)
        {
            _ids.RemoveRange(0, removed);
            _given = kept.Length - open;
        }

        _ids.Add(newest);
    }

    private string Decode(int from) => decode(CollectionsMarshal.AsSpan(_ids)[from..]);

    // What a later token cannot change: not a broken character at the end, not a line break there, before which a space may have been
    // removed, and not a space with few characters after it.
    private static int Certain(string text)
    {
        int end = text.Length;
        while (end > text.Length - MostBroken && end > 0 && text[end - 1] == Broken)
        {
            end--;
        }

        if (end > 0 && text[end - 1] == '\n')
        {
            end--;
        }

        int space = text.AsSpan(0, end).LastIndexOf(' ');
        return space >= 0 && end - space - 1 <= MostAfterSpace ? space : end;
    }
}
