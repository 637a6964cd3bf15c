using System.Text;

namespace Ovms.Bench;

/// <summary>
/// Writes and reads the header blocks of gRPC calls (RFC 7541). The caller announces a table of size 0, so that blocks refer only to the
/// static table.
/// </summary>
internal static class HeaderBlock
{
    private const byte IndexedField = 0x80, Incremental = 0x40, TableSize = 0x20, HuffmanCoded = 0x80;

    /// <summary>The headers of a unary call: names as indexes of the static table where it has them, values as plain literals.</summary>
    /// <param name="path">/package.Service/Method.</param>
    /// <param name="authority">Host and port.</param>
    public static byte[] OfCall(string path, string authority) =>
    [
        0x83, 0x86,
        .. Literal([0x04], path),
        .. Literal([0x01], authority),
        .. Literal([0x0f, 0x10], "application/grpc"),
        .. Literal([0x00, 2, (byte)'t', (byte)'e'], "trailers"),
    ];

    /// <summary>Finds the value of a header that is written out, as all of gRPC's own are.</summary>
    /// <param name="block">The header block.</param>
    /// <param name="name">The name, in lower case.</param>
    /// <returns>Null if the block does not have it, or is none.</returns>
    public static string? Find(ReadOnlySpan<byte> block, string name)
    {
        while (!block.IsEmpty)
        {
            byte first = block[0];
            if ((first & IndexedField) != 0 || (first & (Incremental | TableSize)) == TableSize)
            {
                if (ReadNumber(ref block, (first & IndexedField) != 0 ? 7 : 5) < 0)
                {
                    return null;
                }

                continue;
            }

            int index = ReadNumber(ref block, (first & Incremental) != 0 ? 6 : 4);
            string? field = index == 0 ? ReadText(ref block) : "";
            string? value = ReadText(ref block);
            if (index < 0 || field is null || value is null)
            {
                return null;
            }

            if (field == name)
            {
                return value;
            }
        }

        return null;
    }

    private static byte[] Literal(byte[] name, string value)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(value);
        List<byte> literal = [.. name];
        int rest = bytes.Length;
        if (rest < 127)
        {
            literal.Add((byte)rest);
        }
        else
        {
            literal.Add(127);
            for (rest -= 127; rest >= 128; rest >>= 7)
            {
                literal.Add((byte)((rest & 127) | 128));
            }

            literal.Add((byte)rest);
        }

        return [.. literal, .. bytes];
    }

    private static int ReadNumber(ref ReadOnlySpan<byte> block, int prefixBits)
    {
        const int MostBits = 28;
        int limit = (1 << prefixBits) - 1;
        int number = block.IsEmpty ? -1 : block[0] & limit;
        block = block.IsEmpty ? block : block[1..];
        for (int shift = 0, more = number == limit ? 128 : 0; more != 0; shift += 7)
        {
            if (block.IsEmpty || shift >= MostBits)
            {
                return -1;
            }

            number += (block[0] & 127) << shift;
            more = block[0] & 128;
            block = block[1..];
        }

        return number;
    }

    private static string? ReadText(ref ReadOnlySpan<byte> block)
    {
        bool isCoded = !block.IsEmpty && (block[0] & HuffmanCoded) != 0;
        int length = ReadNumber(ref block, 7);
        if (length < 0 || length > block.Length)
        {
            return null;
        }

        ReadOnlySpan<byte> text = block[..length];
        block = block[length..];
        return isCoded ? HuffmanText.Decode(text) : Encoding.ASCII.GetString(text);
    }
}
