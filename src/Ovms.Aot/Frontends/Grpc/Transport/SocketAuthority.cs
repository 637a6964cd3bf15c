using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Ovms.Frontends.Connections;

namespace Ovms.Frontends.Grpc.Transport;

/// <summary>
/// Lets clients based on gRPC's C core (Python, C++, Ruby and others) call over a unix domain socket. They send the socket's path,
/// percent-encoded, as the authority of every call. Kestrel resets calls whose authority contains a percent sign. This server does not use
/// the authority, so the signs are replaced with dashes before Kestrel parses them.
/// </summary>
internal static class SocketAuthority
{
    /// <summary>Adds the replacement to a listener.</summary>
    public static void Mend(ListenOptions listener) => listener.Use(static next => connection =>
    {
        connection.Transport = new Duplex(new Reader(connection.Transport.Input), connection.Transport.Output);
        return next(connection);
    });

    /// <summary>
    /// Follows the frames from the connection's first byte, since reads may end anywhere in a frame. Bodies pass through unchanged at
    /// once; a HEADERS frame is held back until it is complete.
    /// </summary>
    internal sealed class Reader(PipeReader inner) : PassThroughReader(inner)
    {
        private const int PrefaceLength = 24;
        private const int FrameHeader = 9;
        private const byte HeadersFrame = 1;
        private const byte Padded = 0x8;
        private const byte WithPriority = 0x20;

        // Bytes to pass through before the next frame begins.
        private long _skip = PrefaceLength;

        // Bytes at the start of the receive buffer that were examined but not yet consumed.
        private long _ready;
        private ReadOnlySequence<byte> _given;

        /// <inheritdoc/>
        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            ReadResult read;
            do
            {
                read = await Inner.ReadAsync(cancellationToken).ConfigureAwait(false);
            }
            while (!TryHandOn(ref read));
            return read;
        }

        /// <inheritdoc/>
        public override bool TryRead(out ReadResult result) => Inner.TryRead(out result) && TryHandOn(ref result);

        /// <inheritdoc/>
        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
            _ready = Math.Max(0, _ready - _given.Slice(_given.Start, consumed).Length);
            _given = default;
            base.AdvanceTo(consumed, examined);
        }

        // Returns false when everything received must wait for the rest of its frame.
        private bool TryHandOn(ref ReadResult read)
        {
            ReadOnlySequence<byte> received = read.Buffer;
            long seen = Math.Min(_ready, received.Length);
            _ready = seen + Look(received.Slice(seen));
            if (_ready == 0 && !read.IsCompleted && !read.IsCanceled)
            {
                Inner.AdvanceTo(received.Start, received.End);
                return false;
            }

            // After the last read nothing more arrives: pass on what was held back and let the framework reject it.
            _given = read.IsCompleted ? received : received.Slice(0, _ready);
            read = new ReadResult(_given, read.IsCanceled, read.IsCompleted);
            return true;
        }

        /// <returns>How many of the bytes may be passed on.</returns>
        private long Look(ReadOnlySequence<byte> bytes)
        {
            SequenceReader<byte> reader = new(bytes);
            Span<byte> header = stackalloc byte[FrameHeader];
            while (true)
            {
                long passes = Math.Min(_skip, reader.Remaining);
                reader.Advance(passes);
                _skip -= passes;
                if (_skip > 0 || !reader.TryCopyTo(header))
                {
                    return reader.Consumed;
                }

                int length = (header[0] << 16) | (header[1] << 8) | header[2];
                _skip = FrameHeader + length;
                if (header[3] != HeadersFrame || length > GrpcSettings.FrameSize)
                {
                    // The framework ends a connection whose frames are too large.
                    continue;
                }

                if (reader.Remaining < _skip)
                {
                    _skip = 0;
                    return reader.Consumed;
                }

                int before = Math.Min(length, ((header[4] & Padded) != 0 ? 1 : 0) + ((header[4] & WithPriority) != 0 ? 5 : 0));
                AuthorityField.Mend(reader.UnreadSequence.Slice(FrameHeader + before, length - before));
            }
        }
    }
}
