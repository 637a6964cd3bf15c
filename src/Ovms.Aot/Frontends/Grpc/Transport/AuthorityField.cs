using System.Buffers;
using System.Runtime.InteropServices;

namespace Ovms.Frontends.Grpc.Transport;

/// <summary>Finds the authority among the header fields of a call and overwrites its percent signs with dashes.</summary>
internal static class AuthorityField
{
    private static ReadOnlySpan<byte> Authority => ":authority"u8;

    /// <summary>
    /// Goes from field to field (RFC 7541, 6), which takes no table: all lengths are written out. Stops at what it does not understand.
    /// </summary>
    public static void Mend(ReadOnlySequence<byte> block)
    {
        SequenceReader<byte> fields = new(block);
        while (fields.TryPeek(out byte first))
        {
            // An indexed field, a literal that is added to the table, a new size of the table, other literals.
            int prefix = first switch { >= 0x80 => 7, >= 0x40 => 6, >= 0x20 => 5, _ => 4 };
            if (!TryReadInteger(ref fields, prefix, out int index))
            {
                return;
            }

            if (prefix is 7 or 5)
            {
                continue;
            }

            ReadOnlySequence<byte> name = default;
            if ((index == 0 && !TryReadString(ref fields, out name)) || !TryReadString(ref fields, out ReadOnlySequence<byte> value))
            {
                return;
            }

            // 1 is :authority in the table that every connection begins with.
            if (index == 1 || (index == 0 && IsAuthority(name)))
            {
                Overwrite(value);
            }
        }
    }

    private static bool IsAuthority(ReadOnlySequence<byte> name)
    {
        SequenceReader<byte> reader = new(name);
        return name.Length == Authority.Length && reader.IsNext(Authority);
    }

    private static void Overwrite(ReadOnlySequence<byte> value)
    {
        foreach (ReadOnlyMemory<byte> part in value)
        {
            // The connection's own receive buffer, which nobody else reads before this has ended.
            MemoryMarshal.AsMemory(part).Span.Replace((byte)'%', (byte)'-');
        }
    }

    // A string in Huffman's code comes back empty: the C core writes none, and others name no paths.
    private static bool TryReadString(ref SequenceReader<byte> fields, out ReadOnlySequence<byte> text)
    {
        text = default;
        bool isCoded = fields.TryPeek(out byte first) && first >= 0x80;
        if (!TryReadInteger(ref fields, 7, out int length) || fields.Remaining < length)
        {
            return false;
        }

        text = isCoded ? default : fields.UnreadSequence.Slice(0, length);
        fields.Advance(length);
        return true;
    }

    private static bool TryReadInteger(ref SequenceReader<byte> fields, int prefix, out int value)
    {
        int mask = (1 << prefix) - 1;
        value = fields.TryRead(out byte part) ? part & mask : -1;
        if (value != mask)
        {
            return value >= 0;
        }

        // More than three bytes follow no length that fits a frame.
        for (int shift = 0; shift < 21 && fields.TryRead(out part); shift += 7)
        {
            value += (part & 0x7F) << shift;
            if (part < 0x80)
            {
                return true;
            }
        }

        return false;
    }
}
