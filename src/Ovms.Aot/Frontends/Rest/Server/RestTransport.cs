using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Ovms.Frontends.Connections;
using Ovms.Frontends.Rest.Body;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.Server;

/// <summary>
/// What HTTP/1 asks for and the web server leaves out: it refuses a signed length, and gives the requests that the web server rejects by
/// itself the body that every other error has.
/// </summary>
internal static class RestTransport
{
    /// <summary>Adds this to a listener, for connections that are counted.</summary>
    public static void Use(ListenOptions listener) => listener.Use(static next => connection =>
    {
        if (connection.Features.Get<OpenConnection>() is { } open)
        {
            connection.Transport = new Duplex(new Reader(connection.Transport.Input, open), new Writer(connection.Transport.Output, open));
        }

        return next(connection);
    });

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed class Reader(PipeReader input, OpenConnection connection) : LookingReader(input)
    {
        // While a request is served, what comes is its body; between two of them it is the next one's headers.
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
        // Of an answer to a rejected request, which is some lines long and the connection's last.
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

        // A status line and headers, one of them that there is no body.
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
            return [.. Encoding.Latin1.GetBytes(head.Replace(NoBody, $"Content-Length: {body.Length}\r\nContent-Type: {RestReply.Json}\r\n", StringComparison.Ordinal)), .. body.Bytes];
        }
    }
}
