using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Ovms.Frontends.Connections;
using Ovms.Frontends.Rest.Body;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.Server;

/// <summary>
/// Adds to HTTP/1 what Kestrel lacks: it rejects a signed Content-Length, and gives requests that Kestrel rejects by itself the usual
/// error body.
/// </summary>
internal static class RestTransport
{
    /// <summary>Adds this to a listener, for connections that have an <see cref="OpenConnection"/>.</summary>
    public static void Use(ListenOptions listener) => TransportLayer.Use(
        listener, static (input, open) => new Reader(input, open), static (output, open) => new Writer(output, open));

    private sealed class Reader(PipeReader input, OpenConnection connection) : LookingReader(input)
    {
        // During a request the bytes are its body; between requests they are the next one's headers.
        protected override ReadResult Look(ReadResult result)
        {
            if (connection.IsIdle && !result.Buffer.IsEmpty && SignedLength.Refuse(result.Buffer))
            {
                connection.HeaderFault = SignedLength.Fault;
            }

            return result;
        }
    }

    private sealed class Writer(PipeWriter output, OpenConnection connection) : PipeWriter
    {
        // The response to a rejected request: a few lines, and the last one on the connection.
        private ArrayBufferWriter<byte>? _rejection;

        public override bool CanGetUnflushedBytes => output.CanGetUnflushedBytes;

        public override long UnflushedBytes => output.UnflushedBytes + (_rejection?.WrittenCount ?? 0);

        private IBufferWriter<byte> Target => connection.Rejection is null ? output : _rejection ??= new ArrayBufferWriter<byte>();

        public override Memory<byte> GetMemory(int sizeHint = 0) => Target.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => Target.GetSpan(sizeHint);

        public override void Advance(int bytes) => Target.Advance(bytes);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            if (_rejection is { WrittenCount: > 0 } answer && connection.Rejection is { } why)
            {
                output.Write(WithBody(answer.WrittenSpan, why));
                answer.Clear();
            }

            return output.FlushAsync(cancellationToken);
        }

        public override void CancelPendingFlush() => output.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => output.Complete(exception);

        public override ValueTask CompleteAsync(Exception? exception = null) => output.CompleteAsync(exception);

        // The response has a status line and headers, one of which says that there is no body.
        private static byte[] WithBody(ReadOnlySpan<byte> answer, string why)
        {
            const string NoBody = "Content-Length: 0\r\n";
            string head = Encoding.Latin1.GetString(answer);
            if (!head.EndsWith("\r\n\r\n", StringComparison.Ordinal) || !head.Contains(NoBody, StringComparison.Ordinal))
            {
                return answer.ToArray();
            }

            using NativeBuffer body = new();
            RestReply.WriteError(body, why);
            string headers = $"Content-Length: {body.Length}\r\nContent-Type: {RestReply.Json}\r\n";
            return [.. Encoding.Latin1.GetBytes(head.Replace(NoBody, headers, StringComparison.Ordinal)), .. body.Bytes];
        }
    }
}
