using System.Text;
using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>
/// Cuts a template into tokens, with the settings that chat templates expect. Dropped are the newline after a block tag
/// (<c>trim_blocks</c>), spaces before a block tag that begins its line (<c>lstrip_blocks</c>), and one newline at the end.
/// </summary>
/// <param name="text">The template, normalised by <see cref="Normalise"/>.</param>
internal sealed class Lexer(string text)
{
    private readonly List<Token> _tokens = [];
    private int _at;
    private bool _lineStarts = true;

    /// <summary>The template without a byte order mark, with LF for CR LF and CR, and without the newline at its end.</summary>
    public static string Normalise(string text)
    {
        StringBuilder result = new(text.StartsWith('\uFEFF') ? text[1..] : text);
        result.Replace("\r\n", "\n").Replace('\r', '\n');
        if (result.Length > 0 && result[^1] == '\n')
            result.Length--;

        return result.ToString();
    }

    /// <summary>All tokens; the last is <see cref="TokenKind.End"/>.</summary>
    public List<Token> Read()
    {
        while (_at < text.Length)
        {
            int tag = NextTag(_at);
            if (tag < 0)
            {
                Add(TokenKind.Data, text[_at..], _at);
                break;
            }

            char kind = text[tag + 1];
            AddData(tag, isVariable: kind == '{');
            bool signed = tag + 2 < text.Length && text[tag + 2] is '-' or '+';
            _at = tag + (signed && tag + 2 < text.Length ? 3 : 2);
            if (kind == '#')
                SkipComment(tag);
            else if (kind == '{')
                ReadTag(tag, TokenKind.VariableBegin, TokenKind.VariableEnd);
            else if (RawEnd(_at) is >= 0 and int raw)
                ReadRaw(tag, raw);
            else
                ReadTag(tag, TokenKind.BlockBegin, TokenKind.BlockEnd);

            _lineStarts = text[_at - 1] == '\n';
        }

        Add(TokenKind.End, "", text.Length);
        return _tokens;
    }

    private int NextTag(int from)
    {
        for (int i = text.IndexOf('{', from); i >= 0 && i + 1 < text.Length; i = text.IndexOf('{', i + 1))
        {
            if (text[i + 1] is '{' or '%' or '#')
                return i;
        }

        return -1;
    }

    // The text before a tag, less the spaces that the tag's sign or lstrip_blocks takes away.
    private void AddData(int tag, bool isVariable)
    {
        int end = tag;
        char sign = tag + 2 < text.Length ? text[tag + 2] : '\0';
        if (sign == '-')
        {
            while (end > _at && CodePoints.IsSpace(text[end - 1]))
                end--;
        }
        else if (sign != '+' && !isVariable)
        {
            int line = text.LastIndexOf('\n', Math.Max(tag - 1, 0), Math.Max(tag - _at, 0)) + 1;
            int start = line > _at ? line : _at;
            bool spaces = line > _at || _lineStarts;
            for (int i = start; spaces && i < tag; i++)
                spaces = CodePoints.IsSpace(text[i]);

            if (spaces)
                end = start;
        }

        if (end > _at)
            Add(TokenKind.Data, text[_at..end], _at);
    }

    private void SkipComment(int tag)
    {
        int end = text.IndexOf("#}", _at, StringComparison.Ordinal);
        if (end < 0)
            throw new SyntaxFault("the end of a comment '#}' is missing", tag);

        CloseBlock(end, end > _at ? text[end - 1] : '\0');
    }

    // After the two characters of an end: '-' drops all spaces that follow, '+' none, else one newline is dropped.
    private void CloseBlock(int end, char sign)
    {
        _at = end + 2;
        if (sign == '-')
            SkipSpaces();
        else if (sign != '+' && _at < text.Length && text[_at] == '\n')
            _at++;
    }

    private void SkipSpaces()
    {
        while (_at < text.Length && CodePoints.IsSpace(text[_at]))
            _at++;
    }

    // Where the content of a raw block begins, if a tag with content at `from` opens one; else -1.
    private int RawEnd(int from)
    {
        int at = SpacesEnd(from);
        if (!text.AsSpan(at).StartsWith("raw"))
            return -1;

        at = SpacesEnd(at + 3);
        if (text.AsSpan(at).StartsWith("-%}"))
            return SpacesEnd(at + 3);

        return text.AsSpan(at).StartsWith("%}") ? at + 2 : -1;
    }

    private int SpacesEnd(int at)
    {
        while (at < text.Length && CodePoints.IsSpace(text[at]))
            at++;

        return at;
    }

    private void ReadRaw(int tag, int content)
    {
        _at = content;
        _lineStarts = text[content - 1] == '\n';
        for (int open = text.IndexOf("{%", content, StringComparison.Ordinal); open >= 0;
            open = text.IndexOf("{%", open + 1, StringComparison.Ordinal))
        {
            int at = SpacesEnd(open + (open + 2 < text.Length && text[open + 2] is '-' or '+' ? 3 : 2));
            if (!text.AsSpan(at).StartsWith("endraw"))
                continue;

            at = SpacesEnd(at + 6);
            char sign = at < text.Length && text[at] is '-' or '+' ? text[at++] : '\0';
            if (!text.AsSpan(at).StartsWith("%}"))
                continue;

            AddData(open, isVariable: false);
            CloseBlock(at, sign);
            return;
        }

        throw new SyntaxFault("the end of a raw block is missing", tag);
    }

    private void ReadTag(int tag, TokenKind begin, TokenKind end)
    {
        Add(begin, text.Substring(tag, 2), tag);
        ExpressionLexer inner = new(text, _at, _tokens);
        (int close, char sign) = inner.ReadUntil(end == TokenKind.VariableEnd ? "}}" : "%}");
        Add(end, "", close);
        if (end == TokenKind.BlockEnd)
        {
            CloseBlock(close, sign);
            return;
        }

        _at = close + 2;
        if (sign == '-')
            SkipSpaces();
    }

    private void Add(TokenKind kind, string value, int position) => _tokens.Add(new Token(kind, value, position));
}
