using System.Globalization;
using System.Text;

namespace Ovms.Configuration.Graphs;

/// <summary>Kinds of tokens.</summary>
internal enum ProtoToken
{
    /// <summary>The end of the text.</summary>
    End,

    /// <summary>A name or number.</summary>
    Word,

    /// <summary>A string; adjacent ones are joined by the parser.</summary>
    Text,

    /// <summary>One character of punctuation.</summary>
    Symbol,
}

/// <summary>Cuts a text protobuf into tokens. Comments and blanks are left out.</summary>
/// <param name="source">The text.</param>
internal sealed class ProtoLexer(string source)
{
    private int _at;
    private int _line = 1;
    private int _lineStart;

    /// <summary>The kind of the current token.</summary>
    public ProtoToken Kind { get; private set; }

    /// <summary>The current token; a string's content without quotes and escapes.</summary>
    public string Value { get; private set; } = "";

    /// <summary>Where the current token begins.</summary>
    public ProtoPlace Place { get; private set; }

    /// <summary>Whether the current token is this character of punctuation.</summary>
    public bool Is(char symbol) => Kind == ProtoToken.Symbol && Value[0] == symbol;

    /// <summary>Moves to the next token.</summary>
    /// <exception cref="FormatException">The text is malformed here.</exception>
    public void Move()
    {
        SkipBlanks();
        Place = new ProtoPlace(_line, _at - _lineStart + 1);
        if (_at >= source.Length)
        {
            (Kind, Value) = (ProtoToken.End, "");
            return;
        }

        char first = source[_at];
        if (first is '"' or '\'')
        {
            Kind = ProtoToken.Text;
            Value = ReadText(first);
        }
        else if (IsWord(first))
        {
            int start = _at;
            while (_at < source.Length && (IsWord(source[_at]) || IsSignOfExponent()))
            {
                _at++;
            }

            (Kind, Value) = (ProtoToken.Word, source[start.._at]);
        }
        else
        {
            _at++;
            (Kind, Value) = (ProtoToken.Symbol, first.ToString());
        }
    }

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.';

    // 1e-3: the sign belongs to the number.
    private bool IsSignOfExponent() =>
        source[_at] is '-' or '+' && source[_at - 1] is 'e' or 'E' && char.IsAsciiDigit(source[FirstOfWord()]);

    private int FirstOfWord()
    {
        int start = _at - 1;
        while (start > 0 && IsWord(source[start - 1]))
        {
            start--;
        }

        return source[start] == '.' && start + 1 < source.Length ? start + 1 : start;
    }

    private void SkipBlanks()
    {
        while (_at < source.Length)
        {
            char c = source[_at];
            if (c == '#')
            {
                while (_at < source.Length && source[_at] != '\n')
                {
                    _at++;
                }
            }
            else if (c == '\n')
            {
                _at++;
                _line++;
                _lineStart = _at;
            }
            else if (char.IsWhiteSpace(c) || c == '\uFEFF')
            {
                _at++;
            }
            else
            {
                return;
            }
        }
    }

    private string ReadText(char quote)
    {
        // Escapes of bytes may spell UTF-8, so bytes are collected.
        List<byte> bytes = [];
        _at++;
        while (_at < source.Length && source[_at] != quote)
        {
            if (source[_at] == '\n')
            {
                throw new FormatException("a string ends before its closing quote");
            }

            if (source[_at] == '\\')
            {
                _at++;
                ReadEscape(bytes);
                continue;
            }

            int length = char.IsHighSurrogate(source[_at]) && _at + 1 < source.Length ? 2 : 1;
            bytes.AddRange(Encoding.UTF8.GetBytes(source.Substring(_at, length)));
            _at += length;
        }

        if (_at >= source.Length)
        {
            throw new FormatException("a string ends before its closing quote");
        }

        _at++;
        return Encoding.UTF8.GetString([.. bytes]);
    }

    private void ReadEscape(List<byte> bytes)
    {
        char kind = _at < source.Length ? source[_at++] : '\0';
        switch (kind)
        {
            case 'n': bytes.Add((byte)'\n'); break;
            case 't': bytes.Add((byte)'\t'); break;
            case 'r': bytes.Add((byte)'\r'); break;
            case 'a': bytes.Add(7); break;
            case 'b': bytes.Add(8); break;
            case 'f': bytes.Add(12); break;
            case 'v': bytes.Add(11); break;
            case '\\' or '\'' or '"' or '?': bytes.Add((byte)kind); break;
            case 'x' or 'X': bytes.Add((byte)ReadNumber(16, 1, 2)); break;
            case 'u': AddRune(bytes, ReadNumber(16, 4, 4)); break;
            case 'U': AddRune(bytes, ReadNumber(16, 8, 8)); break;
            case >= '0' and <= '7':
                _at--;
                bytes.Add((byte)ReadNumber(8, 1, 3));
                break;
            default:
                throw new FormatException($"the escape \\{kind} is not known");
        }
    }

    private static void AddRune(List<byte> bytes, long value)
    {
        if (value > 0x10FFFF || !Rune.IsValid((int)value))
        {
            throw new FormatException($"U+{value:X4} is no character");
        }

        bytes.AddRange(Encoding.UTF8.GetBytes(new Rune((int)value).ToString()));
    }

    private long ReadNumber(int radix, int least, int most)
    {
        int start = _at;
        long value = 0;
        while (_at < source.Length && _at - start < most && DigitOf(source[_at]) is var digit && digit < radix)
        {
            value = (value * radix) + digit;
            _at++;
        }

        return _at - start >= least ? value : throw new FormatException("an escape has too few digits");
    }

    // Larger than any radix for what is no digit.
    private static int DigitOf(char c) =>
        char.IsAsciiHexDigit(c) ? int.Parse([c], NumberStyles.HexNumber, CultureInfo.InvariantCulture) : int.MaxValue;
}
