using System.Globalization;
using System.Text;
using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>Resolves the escapes of a text literal as Python does; an unknown escape stays as it is written.</summary>
internal static class StringEscapes
{
    /// <summary>The first character that a literal gives by its Unicode name, such as <c>\N{BULLET}</c>; null if it has none.</summary>
    public static string? NamedIn(ReadOnlySpan<char> literal)
    {
        for (int i = 0; i + 1 < literal.Length; i++)
        {
            if (literal[i] == '\\' && literal[++i] == 'N')
            {
                int end = literal[i..].IndexOf('}');
                return end < 0 ? "\\N" : $"\\{literal.Slice(i, end + 1)}";
            }
        }

        return null;
    }

    /// <summary>The text of a literal, which has no <see cref="NamedIn"/>.</summary>
    /// <param name="literal">What stands between the quotes.</param>
    /// <param name="position">Where the literal stands, for the error.</param>
    public static string Resolve(ReadOnlySpan<char> literal, int position)
    {
        if (!literal.Contains('\\'))
            return literal.ToString();

        StringBuilder result = new(literal.Length);
        for (int i = 0; i < literal.Length; i++)
        {
            if (literal[i] != '\\')
            {
                result.Append(literal[i]);
                continue;
            }

            char kind = literal[++i];
            switch (kind)
            {
                case '\n':
                    break;
                case '\\' or '\'' or '"':
                    result.Append(kind);
                    break;
                case 'a' or 'b' or 'f' or 'n' or 'r' or 't' or 'v':
                    result.Append("\a\b\f\n\r\t\v"["abfnrtv".IndexOf(kind)]);
                    break;
                case >= '0' and <= '7':
                    int octal = 0, from = i;
                    while (i < literal.Length && i < from + 3 && literal[i] is >= '0' and <= '7')
                        octal = (octal * 8) + literal[i++] - '0';
                    i--;
                    result.Append((char)octal);
                    break;
                case 'x' or 'u' or 'U':
                    int digits = kind == 'x' ? 2 : kind == 'u' ? 4 : 8;
                    result.Append(Hexadecimal(literal, i, digits, position));
                    i += digits;
                    break;
                default:
                    result.Append('\\').Append(kind);
                    break;
            }
        }

        return result.ToString();
    }

    private static string Hexadecimal(ReadOnlySpan<char> literal, int kind, int digits, int position)
    {
        if (kind + digits < literal.Length
            && int.TryParse(literal.Slice(kind + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int point)
            && point is >= 0 and <= 0x10FFFF)
        {
            return CodePoints.Text(point);
        }

        throw new SyntaxFault($"a text has a truncated \\{literal[kind]} escape", position);
    }
}
