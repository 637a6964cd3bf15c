using System.Globalization;
using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>Cuts what stands between the signs of a tag into tokens.</summary>
/// <param name="text">The template.</param>
/// <param name="at">Where the content of the tag begins.</param>
/// <param name="tokens">Where the tokens go.</param>
internal sealed class ExpressionLexer(string text, int at, List<Token> tokens)
{
    private static readonly string[] s_operators =
    [
        "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~",
        "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";",
    ];

    private readonly Stack<char> _brackets = new();
    private readonly int _start = at;
    private int _at = at;

    /// <summary>Reads up to the end of the tag.</summary>
    /// <param name="end">The two characters that end it; within brackets they do not.</param>
    /// <returns>Where they stand, and the sign before them: '-', '+' or none.</returns>
    public (int Close, char Sign) ReadUntil(string end)
    {
        while (_at < text.Length)
        {
            if (_brackets.Count == 0)
            {
                char sign = text[_at];
                if (text.AsSpan(_at).StartsWith(end))
                    return (_at, '\0');

                if ((sign == '-' || (sign == '+' && end == "%}")) && text.AsSpan(_at + 1).StartsWith(end))
                    return (_at + 1, sign);
            }

            ReadToken();
        }

        if (_brackets.Count > 0)
            throw new SyntaxFault($"unexpected end of template, expected '{_brackets.Peek()}'", text.Length);

        throw new SyntaxFault($"the end of a tag '{end}' is missing", _start);
    }

    private void ReadToken()
    {
        char first = text[_at];
        if (CodePoints.IsSpace(first))
            _at++;
        else if (NumberEnd(out bool isFloat) is var number && number > _at)
            Add(isFloat ? TokenKind.Float : TokenKind.Integer, text[_at..number].Replace("_", ""), number);
        else if (IsWord(_at, out _))
            ReadName();
        else if (first is '\'' or '"')
            ReadString(first);
        else
            ReadOperator();
    }

    private void ReadName()
    {
        int end = _at;
        while (end < text.Length && IsWord(end, out int units))
            end += units;

        if (char.IsDigit(text[_at]))
            throw new SyntaxFault($"a name cannot begin with a digit: '{text[_at..end]}'", _at);

        Add(TokenKind.Name, text[_at..end], end);
    }

    private bool IsWord(int index, out int units)
    {
        int point = CodePoints.At(text, index, out units);
        return point == '_' || CharUnicodeInfo.GetUnicodeCategory(point) is UnicodeCategory.UppercaseLetter
            or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter
            or UnicodeCategory.OtherLetter or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber
            or UnicodeCategory.OtherNumber;
    }

    private void ReadString(char quote)
    {
        int end = _at + 1;
        while (end < text.Length && text[end] != quote)
            end += text[end] == '\\' ? 2 : 1;

        if (end >= text.Length)
            throw new SyntaxFault($"the end of a text {quote} is missing", _at);

        ReadOnlySpan<char> literal = text.AsSpan(_at + 1, end - _at - 1);
        if (StringEscapes.NamedIn(literal) is { } named)
            Add(TokenKind.NamedCharacter, named, end + 1);
        else
            Add(TokenKind.String, StringEscapes.Resolve(literal, _at), end + 1);
    }

    private void ReadOperator()
    {
        foreach (string sign in s_operators)
        {
            if (!text.AsSpan(_at).StartsWith(sign))
                continue;

            Balance(sign[0]);
            Add(TokenKind.Operator, sign, _at + sign.Length);
            return;
        }

        throw new SyntaxFault($"unexpected character '{CodePoints.Text(CodePoints.At(text, _at, out _))}'", _at);
    }

    private void Balance(char sign)
    {
        if (sign is '(' or '[' or '{')
        {
            _brackets.Push(sign == '(' ? ')' : sign == '[' ? ']' : '}');
        }
        else if (sign is ')' or ']' or '}')
        {
            if (!_brackets.TryPop(out char expected))
                throw new SyntaxFault($"unexpected '{sign}'", _at);

            if (expected != sign)
                throw new SyntaxFault($"unexpected '{sign}', expected '{expected}'", _at);
        }
    }

    private void Add(TokenKind kind, string value, int end)
    {
        tokens.Add(new Token(kind, value, _at));
        _at = end;
    }

    // Where a number that starts here ends, or the current place.
    private int NumberEnd(out bool isFloat)
    {
        isFloat = false;
        if (!char.IsAsciiDigit(text[_at]))
            return _at;

        int whole = DigitsEnd(_at, 10);
        if (_at == 0 || text[_at - 1] != '.')
        {
            int fraction = whole < text.Length && text[whole] == '.' ? DigitsEnd(whole + 1, 10) : whole;
            if (fraction == whole + 1)
                fraction = whole;

            int power = fraction;
            if (power < text.Length && text[power] is 'e' or 'E')
            {
                int digits = power + 1 < text.Length && text[power + 1] is '+' or '-' ? power + 2 : power + 1;
                power = DigitsEnd(digits, 10) is var end && end > digits ? end : power;
            }

            isFloat = power > whole;
            if (isFloat)
                return power;
        }

        if (text[_at] != '0')
            return whole;

        int radix = _at + 1 < text.Length ? (text[_at + 1] | 0x20) switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => 0 } : 0;
        if (radix != 0)
        {
            int from = _at + 2 < text.Length && text[_at + 2] == '_' ? _at + 3 : _at + 2;
            int end = DigitsEnd(from, radix);
            return end > from ? end : _at + 1;
        }

        // Only zeros may follow a zero.
        int zeros = _at + 1;
        while (zeros < text.Length && (text[zeros] == '0' || (text[zeros] == '_' && zeros + 1 < text.Length && text[zeros + 1] == '0')))
            zeros++;

        return zeros;
    }

    private int DigitsEnd(int from, int radix)
    {
        int end = from;
        while (end < text.Length && (IsDigit(text[end], radix)
            || (text[end] == '_' && end > from && end + 1 < text.Length && IsDigit(text[end + 1], radix))))
        {
            end++;
        }

        return end;
    }

    private static bool IsDigit(char one, int radix) => char.IsAsciiHexDigit(one) && Convert.ToInt32(one.ToString(), 16) < radix;
}
