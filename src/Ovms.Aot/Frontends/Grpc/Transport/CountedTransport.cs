using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Ovms.Frontends.Connections;

namespace Ovms.Frontends.Grpc.Transport;

/// <summary>
/// Counts streams that begin and streams that are reset on an HTTP/2 connection, in both directions. A call that is reset at once costs as
/// much as an answered one, but no limit on open calls counts it.
/// </summary>
internal static class CountedTransport
{
    /// <summary>Adds the counting to a listener, for connections that have an <see cref="OpenConnection"/>.</summary>
    public static void Use(ListenOptions listener) => TransportLayer.Use(
        listener, static (input, open) => new Reader(input, open), static (output, open) => new Writer(output, open));

    private sealed class Reader(PipeReader input, OpenConnection connection) : LookingReader(input)
    {
        // The most streams that one read passes on, more than callers who share a connection begin at once; and a number of work items
        // that the thread pool soon completes.
        private const int StreamsAtOnce = 64;
        private const int MostPending = 256;

        private FrameScan _scan = new(isFromCaller: true);
        private int _begun;
        private ReadOnlySequence<byte> _seen;
        private long _ahead;

        // The framework creates streams as it reads frames and queues them to the thread pool. A caller that sends very many at once has
        // to wait, or all its streams would run before everybody else's.
        protected override bool MustWait =>
            _begun >= StreamsAtOnce && ThreadPool.PendingWorkItemCount > MostPending && !connection.IsEnding;

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
            _ahead -= _seen.Slice(_seen.Start, consumed).Length;
            _seen = default;
            base.AdvanceTo(consumed, examined);
        }

        protected override ReadResult Look(ReadResult result)
        {
            foreach (ReadOnlyMemory<byte> piece in result.Buffer.Slice(_ahead))
            {
                int taken = _scan.Take(piece.Span, StreamsAtOnce);
                _ahead += taken;
                if (taken < piece.Length)
                {
                    // The next read returns the rest.
                    result = new ReadResult(result.Buffer.Slice(0, _ahead), result.IsCanceled, isCompleted: false);
                    break;
                }
            }

            _seen = result.Buffer;
            connection.Saw(_scan.Streams, _scan.Resets);
            _begun = _scan.Streams;
            _scan.Streams = _scan.Resets = 0;

            // Stop reading from a connection that must end; the bytes read so far stay where they are.
            return connection.IsEnding ? new ReadResult(default, isCanceled: false, isCompleted: true) : result;
        }
    }

    private sealed class Writer(PipeWriter output, OpenConnection connection) : PipeWriter
    {
        private FrameScan _scan = new(isFromCaller: false);
        private Memory<byte> _given;

        public override bool CanGetUnflushedBytes => output.CanGetUnflushedBytes;

        public override long UnflushedBytes => output.UnflushedBytes;

        public override Memory<byte> GetMemory(int sizeHint = 0) => _given = output.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

        public override void Advance(int bytes)
        {
            _scan.Take(_given.Span[..bytes]);
            _given = _given[bytes..];
            output.Advance(bytes);
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            if (_scan.Resets > 0)
            {
                connection.Saw(streams: 0, _scan.Resets);
                _scan.Resets = 0;
            }

            return output.FlushAsync(cancellationToken);
        }

        public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
        {
            _scan.Take(source.Span);
            return output.WriteAsync(source, cancellationToken);
        }

        public override void CancelPendingFlush() => output.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => output.Complete(exception);

        public override ValueTask CompleteAsync(Exception? exception = null) => output.CompleteAsync(exception);
    }
}
