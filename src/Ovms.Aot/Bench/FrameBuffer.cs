using System.Net.Sockets;

namespace Ovms.Bench;

/// <summary>The bytes that a gRPC server sends, for a reader of frames.</summary>
/// <param name="server">The server.</param>
/// <param name="socket">Its connection, which belongs to the caller.</param>
internal sealed class FrameBuffer(ServerAddress server, Socket socket)
{
    private readonly byte[] _received = new byte[256 << 10];
    private int _at;
    private int _end;

    /// <summary>Receives until so many bytes can be taken.</summary>
    /// <exception cref="IOException">They do not fit, or the connection ends.</exception>
    public async ValueTask FillAsync(int count)
    {
        if (count > _received.Length)
        {
            throw new IOException(
                $"What listens at {server.Text} does not speak gRPC: it sends {count} bytes where a frame of at most "
                    + $"{_received.Length} was expected.");
        }

        if (_end - _at < count)
        {
            _received.AsSpan(_at.._end).CopyTo(_received);
            (_at, _end) = (0, _end - _at);
        }

        while (_end - _at < count)
        {
            await ReceiveAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Takes bytes that are there; they stay valid until the next call.</summary>
    public ReadOnlyMemory<byte> Take(int count)
    {
        _at += count;
        return _received.AsMemory(_at - count, count);
    }

    /// <summary>Receives and forgets so many bytes.</summary>
    /// <exception cref="IOException">The connection ends.</exception>
    public async ValueTask SkipAsync(int count)
    {
        while (count > 0)
        {
            int here = Math.Min(count, _end - _at);
            _at += here;
            count -= here;
            if (count > 0)
            {
                (_at, _end) = (0, 0);
                await ReceiveAsync().ConfigureAwait(false);
            }
        }
    }

    private async ValueTask ReceiveAsync()
    {
        try
        {
            int read = await socket.ReceiveAsync(_received.AsMemory(_end)).ConfigureAwait(false);
            _end += read > 0
                ? read
                : throw new IOException($"The server at {server.Text} closed a gRPC connection in the middle of a call.");
        }
        catch (SocketException failure)
        {
            throw server.Broken("gRPC", failure);
        }
    }
}
