using System.Text;

namespace Ovms.Bench;

/// <summary>Decodes header values in the Huffman code of RFC 7541: its printable characters, which are all that gRPC's texts use.</summary>
internal static class HuffmanText
{
    // The characters by the length of their codes. Codes of one length are consecutive, in this order; each length begins where the one
    // before ended, doubled. NUL stands where the code has a character that is not printable.
    private static readonly (int Bits, string Characters)[] s_codes =
    [
        (5, "012aceiost"),
        (6, " %-./3456789=A_bdfghlmnpru"),
        (7, ":BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz"),
        (8, "&*,;XZ"),
        (10, "!\"()?"),
        (11, "'+|"),
        (12, "#>"),
        (13, "\0$@[]~"),
        (14, "^}"),
        (15, "<`{"),
        (19, "\\"),
    ];

    /// <summary>Decodes a text up to its end or to a character that is not printable.</summary>
    public static string Decode(ReadOnlySpan<byte> coded)
    {
        StringBuilder text = new();
        for (int at = 0, end = coded.Length * 8; Next(coded, at, end) is { Bits: > 0 } found; at += found.Bits)
        {
            text.Append(found.Character);
        }

        return text.ToString();
    }

    // The padding is the beginning of a longer code, which no character of the table has.
    private static (int Bits, char Character) Next(ReadOnlySpan<byte> coded, int at, int end)
    {
        int code = 0;
        int read = 0;
        int first = 0;
        int firstBits = s_codes[0].Bits;
        foreach ((int bits, string characters) in s_codes)
        {
            if (at + bits > end)
            {
                break;
            }

            for (; read < bits; read++)
            {
                code = (code << 1) | ((coded[(at + read) >> 3] >> (7 - ((at + read) & 7))) & 1);
            }

            first <<= bits - firstBits;
            firstBits = bits;
            if (code - first < characters.Length)
            {
                char character = characters[code - first];
                return character == '\0' ? default : (bits, character);
            }

            first += characters.Length;
        }

        return default;
    }
}
