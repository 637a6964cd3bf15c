using System.Text;

namespace Ovms.Language.Vocabulary;

/// <summary>
/// The letters that byte-level vocabularies write for bytes: a printable byte of Latin-1 is its own letter, the others are the letters from
/// U+0100 on, in order. Converted tokenizers of older releases keep them and turn them back at run time.
/// </summary>
internal static class ByteAlphabet
{
    private static readonly Dictionary<char, byte> s_bytes = Make();

    /// <summary>The bytes that the letters of a token stand for. A token with another letter is given back as it is.</summary>
    public static byte[] ToBytes(byte[] token)
    {
        string letters = Encoding.UTF8.GetString(token);
        byte[] bytes = new byte[letters.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            if (!s_bytes.TryGetValue(letters[i], out bytes[i]))
            {
                return token;
            }
        }

        return bytes;
    }

    private static Dictionary<char, byte> Make()
    {
        Dictionary<char, byte> bytes = [];
        char next = '\u0100';
        for (int value = 0; value < 256; value++)
        {
            bool isPrintable = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            bytes[isPrintable ? (char)value : next++] = (byte)value;
        }

        return bytes;
    }
}
