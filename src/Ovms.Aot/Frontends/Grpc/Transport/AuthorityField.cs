using System.Buffers;
using System.Runtime.InteropServices;

namespace Ovms.Frontends.Grpc.Transport;

/// <summary>Finds the authority in a call's header block and replaces its percent signs with dashes.</summary>
internal static class AuthorityField
{
    private static ReadOnlySpan<byte> Authority => ":authority"u8;

    /// <summary>
    /// Walks the fields (RFC 7541, section 6). This needs no HPACK table, since every length is in the bytes. Stops at the first field
    /// that it cannot parse.
    /// </summary>
    public static void Mend(ReadOnlySequence<byte> block)
    {
        SequenceReader<byte> fields = new(block);
        while (fields.TryPeek(out byte first))
        {
            // Indexed field; literal with indexing; table size update; other literals.
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

            // Entry 1 of the static table is :authority.
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
            // The connection's receive buffer, which has no other reader until this returns.
            MemoryMarshal.AsMemory(part).Span.Replace((byte)'%', (byte)'-');
        }
    }

    // Returns a Huffman-coded string as empty: the C core writes none, and other clients send no path as the authority.
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

        // A length of more than three further bytes fits no frame.
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
