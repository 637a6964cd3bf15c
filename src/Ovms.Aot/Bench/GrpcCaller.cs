using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;

namespace Ovms.Bench;

/// <summary>
/// Sends unary gRPC calls over one HTTP/2 connection, one at a time. It implements only the protocol that this needs: a full client's work
/// would be measured with the server's. Frame layouts and defaults follow RFC 9113, header encoding RFC 7541.
/// </summary>
internal sealed class GrpcCaller : BenchCaller
{
    private const int HeadLength = 9;
    private const int GrpcPrefix = 5;
    private const int LargestWindow = int.MaxValue;
    private const int DefaultWindow = 65_535;
    private const int CopiedAtMost = 16_384;
    private const byte Data = 0, Headers = 1, Reset = 3, Settings = 4, Ping = 6, GoAway = 7, WindowUpdate = 8;
    private const byte EndStream = 1, Acknowledge = 1, EndHeaders = 4;

    private readonly ServerAddress _server;
    private readonly Socket _socket;
    private readonly byte[] _headers;
    private readonly byte[] _message;
    private readonly FrameBuffer _received;
    private readonly ArrayBufferWriter<byte> _unsent = new(CopiedAtMost * 2);
    private int _stream = -1;
    private long _connectionWindow = DefaultWindow;
    private long _streamWindow;
    private int _initialWindow = DefaultWindow;
    private int _maxFrame = 16_384;
    private long _consumed;
    private long _answerLength;
    private bool _isAnswered;
    private byte[] _trailers = [];

    // The trailers of the last success: those of the next call are mostly the same, and need not be read then.
    private byte[] _good = [];

    private GrpcCaller(ServerAddress server, Socket socket, byte[] headers, byte[] message)
    {
        _server = server;
        _socket = socket;
        _received = new FrameBuffer(server, socket);
        _headers = headers;
        _message = message;
    }

    /// <summary>Connects and waits for the server's settings.</summary>
    /// <param name="server">The server.</param>
    /// <param name="path">/package.Service/Method.</param>
    /// <param name="message">The request's protobuf bytes.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="IOException">Nobody answers there, or what answers is no gRPC server.</exception>
    public static async Task<GrpcCaller> ConnectAsync(
        ServerAddress server, string path, byte[] message, CancellationToken cancellation = default)
    {
        byte[] framed = new byte[GrpcPrefix + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(framed.AsSpan(1), message.Length);
        message.CopyTo(framed, GrpcPrefix);
        Socket socket = await server.ConnectAsync(cancellation).ConfigureAwait(false);
        GrpcCaller caller = new(server, socket, HeaderBlock.OfCall(path, server.Authority), framed);

        // Preface, settings without a dynamic table, and the largest flow-control windows for what we receive.
        byte[] hello =
        [
            .. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8,
            0, 0, 12, Settings, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 4, 0x7f, 0xff, 0xff, 0xff,
            0, 0, 4, WindowUpdate, 0, 0, 0, 0, 0, 0x7f, 0xff, 0, 0,
        ];
        try
        {
            await caller.SendAsync(hello).ConfigureAwait(false);
            while (await caller.ReadFrameAsync().ConfigureAwait(false) != Settings)
            {
            }

            return caller;
        }
        catch
        {
            caller.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override async ValueTask CallAsync()
    {
        _stream += 2;
        _streamWindow = _initialWindow;
        _isAnswered = false;
        _answerLength = 0;
        _trailers = [];
        Add(Headers, EndHeaders, _headers, _stream);
        for (int sent = 0; sent < _message.Length && !_isAnswered;)
        {
            int length = (int)Math.Min(Math.Min(_message.Length - sent, _maxFrame), Math.Min(_streamWindow, _connectionWindow));
            if (length <= 0)
            {
                await ReadFrameAsync().ConfigureAwait(false);
                continue;
            }

            byte flags = sent + length == _message.Length ? EndStream : (byte)0;
            await SendFrameAsync(Data, flags, _message.AsMemory(sent, length)).ConfigureAwait(false);
            sent += length;
            _streamWindow -= length;
            _connectionWindow -= length;
        }

        while (!_isAnswered)
        {
            await ReadFrameAsync().ConfigureAwait(false);
        }

        CheckAnswer();
    }

    /// <inheritdoc/>
    public override void Dispose() => _socket.Dispose();

    // An error may follow a message: the status counts, where there is one.
    private void CheckAnswer()
    {
        if (_answerLength >= GrpcPrefix && ReferenceEquals(_trailers, _good))
        {
            return;
        }

        string? status = HeaderBlock.Find(_trailers, "grpc-status");
        if (_answerLength < GrpcPrefix || status is not (null or "0"))
        {
            string text = Uri.UnescapeDataString(HeaderBlock.Find(_trailers, "grpc-message") ?? "");
            throw new IOException(
                $"The server at {_server.Text} answers the measured gRPC call with an error "
                    + $"(gRPC status {ServerText.Of(status ?? "none")}): {ServerText.Of(text)}");
        }

        _good = _trailers;
    }

    private async ValueTask<byte> ReadFrameAsync()
    {
        await _received.FillAsync(HeadLength).ConfigureAwait(false);
        (int length, byte type, byte flags, int stream) = ReadHead(_received.Take(HeadLength).Span);
        if (type == Data)
        {
            _answerLength += length;
            await _received.SkipAsync(length).ConfigureAwait(false);
            await KeepWindowOpenAsync(length).ConfigureAwait(false);
        }
        else
        {
            await _received.FillAsync(length).ConfigureAwait(false);
            await TakeAsync(type, flags, stream, _received.Take(length)).ConfigureAwait(false);
        }

        _isAnswered |= type is Data or Headers && (flags & EndStream) != 0;
        return type;
    }

    private static (int Length, byte Type, byte Flags, int Stream) ReadHead(ReadOnlySpan<byte> head) => (
        (head[0] << 16) | (head[1] << 8) | head[2], head[3], head[4], BinaryPrimitives.ReadInt32BigEndian(head[5..]) & int.MaxValue);

    private async ValueTask TakeAsync(byte type, byte flags, int stream, ReadOnlyMemory<byte> payload)
    {
        switch (type)
        {
            case Settings when (flags & Acknowledge) == 0:
                ReadSettings(payload.Span);
                await SendFrameAsync(Settings, Acknowledge, default, stream: 0).ConfigureAwait(false);
                break;
            case Ping when (flags & Acknowledge) == 0:
                await SendFrameAsync(Ping, Acknowledge, payload.ToArray(), stream: 0).ConfigureAwait(false);
                break;
            case WindowUpdate:
                int more = FramePayload.Increment(payload.Span) ?? throw TooShort("WINDOW_UPDATE", payload.Length);
                _connectionWindow += stream == 0 ? more : 0;
                _streamWindow += stream == _stream ? more : 0;
                break;
            case Headers when (flags & EndStream) != 0:
                ReadTrailers(flags, payload.Span);
                break;
            case Reset when stream == _stream:
                throw new IOException(
                    $"The server at {_server.Text} ended a gRPC call in the middle of the measurement, with "
                        + $"HTTP/2 error code {FramePayload.ErrorCode(payload.Span, 0) ?? throw TooShort("RST_STREAM", payload.Length)}.");
            case GoAway:
                throw new IOException(
                    $"The server at {_server.Text} ends the connection in the middle of the measurement, "
                        + $"with HTTP/2 error code {FramePayload.ErrorCode(payload.Span, 4) ?? throw TooShort("GOAWAY", payload.Length)}.");
            default:
                break;
        }
    }

    private void ReadTrailers(byte flags, ReadOnlySpan<byte> payload)
    {
        if (!FramePayload.TryReadBlock(flags, payload, out ReadOnlySpan<byte> block))
        {
            throw TooShort("HEADERS", payload.Length);
        }

        _trailers = block.SequenceEqual(_good) ? _good : block.ToArray();
    }

    private IOException TooShort(string frame, int length) =>
        new($"What listens at {_server.Text} breaks the rules of HTTP/2: its {frame} frame of {length} bytes is too short.");

    private void ReadSettings(ReadOnlySpan<byte> payload)
    {
        for (; payload.Length >= 6; payload = payload[6..])
        {
            int value = BinaryPrimitives.ReadInt32BigEndian(payload[2..]);
            switch (BinaryPrimitives.ReadUInt16BigEndian(payload))
            {
                case 4:
                    _initialWindow = value;
                    break;
                case 5:
                    _maxFrame = value;
                    break;
                default:
                    break;
            }
        }
    }

    // The stream's window exceeds any answer. The connection's is topped up before it is exhausted.
    private async ValueTask KeepWindowOpenAsync(int length)
    {
        const int Step = LargestWindow / 4;
        _consumed += length;
        if (_consumed > Step)
        {
            byte[] increment = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(increment, (int)_consumed);
            _consumed = 0;
            await SendFrameAsync(WindowUpdate, 0, increment, stream: 0).ConfigureAwait(false);
        }
    }

    private async ValueTask SendFrameAsync(byte type, byte flags, ReadOnlyMemory<byte> payload, int stream = -1)
    {
        Add(type, flags, payload.Span, stream < 0 ? _stream : stream);
        await SendAsync(_unsent.WrittenMemory).ConfigureAwait(false);
        _unsent.ResetWrittenCount();
        if (payload.Length > CopiedAtMost)
        {
            await SendAsync(payload).ConfigureAwait(false);
        }
    }

    // A small frame is sent with the next one in one packet, so that the server wakes up once.
    private void Add(byte type, byte flags, ReadOnlySpan<byte> payload, int stream)
    {
        Span<byte> head = _unsent.GetSpan(HeadLength);
        BinaryPrimitives.WriteInt32BigEndian(head, payload.Length << 8);
        head[3] = type;
        head[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(head[5..], stream);
        _unsent.Advance(HeadLength);
        if (payload.Length <= CopiedAtMost)
        {
            _unsent.Write(payload);
        }
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (!bytes.IsEmpty)
            {
                bytes = bytes[await _socket.SendAsync(bytes).ConfigureAwait(false)..];
            }
        }
        catch (SocketException failure)
        {
            throw _server.Broken("gRPC", failure);
        }
    }
}
