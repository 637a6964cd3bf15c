using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Ovms.Frontends.Grpc.Transport;

/// <summary>
/// Lets gRPC's C core call over a unix domain socket (Python, C++, Ruby and others use it). It names the socket's path, percent-encoded, as the
/// authority of every call, and the framework resets calls whose authority has a percent sign. Nothing here goes by the authority, so
/// the signs are overwritten with dashes before the framework looks.
/// </summary>
internal static class SocketAuthority
{
    private const int FrameHeader = 9;
    private const byte HeadersFrame = 1;
    private const byte Padded = 0x8;
    private const byte WithPriority = 0x20;

    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    private static ReadOnlySpan<byte> Authority => ":authority"u8;

    /// <summary>Adds this to a listener.</summary>
    public static void Mend(ListenOptions listener) => listener.Use(static next => connection =>
    {
        connection.Transport = new Duplex(new Reader(connection.Transport.Input), connection.Transport.Output);
        return next(connection);
    });

    /// <summary>
    /// Looks through the whole frames at the beginning of what was received. The framework takes whole frames, too, so that what it
    /// leaves begins with one; what it has seen before is looked through again to no effect.
    /// </summary>
    public static void Mend(ReadOnlySequence<byte> received)
    {
        SequenceReader<byte> reader = new(received);
        reader.IsNext(Preface, advancePast: true);
        Span<byte> header = stackalloc byte[FrameHeader];
        while (reader.TryCopyTo(header))
        {
            int length = (header[0] << 16) | (header[1] << 8) | header[2];
            if (reader.Remaining < FrameHeader + length)
            {
                return;
            }

            reader.Advance(FrameHeader);
            if (header[3] == HeadersFrame)
            {
                int before = ((header[4] & Padded) != 0 ? 1 : 0) + ((header[4] & WithPriority) != 0 ? 5 : 0);
                MendFields(new SequenceReader<byte>(reader.UnreadSequence.Slice(Math.Min(before, length), length - Math.Min(before, length))));
            }

            reader.Advance(length);
        }
    }

    /// <summary>Goes from field to field (RFC 7541, 6), which takes no table: all lengths are written out. Stops at what it does not understand.</summary>
    private static void MendFields(SequenceReader<byte> fields)
    {
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

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed class Reader(PipeReader inner) : PipeReader
    {
        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            ReadResult read = await inner.ReadAsync(cancellationToken).ConfigureAwait(false);
            Mend(read.Buffer);
            return read;
        }

        public override bool TryRead(out ReadResult result)
        {
            bool isRead = inner.TryRead(out result);
            if (isRead)
            {
                Mend(result.Buffer);
            }

            return isRead;
        }

        public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);
    }
}
