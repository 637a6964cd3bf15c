using System.Net;
using System.Net.Sockets;
using Ovms.Bench;

namespace Ovms.Tests.Bench;

/// <summary>The load tool's own HTTP/2 against a peer that cuts its frames where it likes.</summary>
public sealed class GrpcCallerTests
{
    private const int HeadLength = 9;

    [Test]
    public async Task FrameWhoseHeadCameAlone_IsRead()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Task<GrpcCaller> connecting = GrpcCaller.ConnectAsync(((IPEndPoint)listener.LocalEndpoint).Port, "/s/M", new byte[100_000]);
        using Socket server = await listener.AcceptSocketAsync();

        // Settings that leave a stream no window, and the head alone of the frame that opens one.
        byte[] windowOfStream = Frame(8, 0, 1, [0, 2, 0, 0]);
        byte[] windowOfConnection = Frame(8, 0, 0, [0, 2, 0, 0]);
        await server.SendAsync((byte[])[.. Frame(4, 0, 0, [0, 4, 0, 0, 0, 0]), .. windowOfStream[..HeadLength]]);
        using GrpcCaller caller = await connecting;
        Task call = caller.CallAsync().AsTask();
        await server.SendAsync((byte[])[.. windowOfStream[HeadLength..], .. windowOfConnection]);
        await (await Task.WhenAny(call, ReadAsync(server, atLeast: 100_000))).WaitAsync(TimeSpan.FromSeconds(60));
        await server.SendAsync(Frame(0, 1, 1, new byte[5]));
        await call.WaitAsync(TimeSpan.FromSeconds(60));
    }

    private static byte[] Frame(byte type, byte flags, byte stream, byte[] payload) =>
        [0, 0, (byte)payload.Length, type, flags, 0, 0, 0, stream, .. payload];

    private static async Task ReadAsync(Socket socket, int atLeast)
    {
        byte[] buffer = new byte[1 << 16];
        for (int read = 0; read < atLeast;)
        {
            int came = await socket.ReceiveAsync(buffer);
            read += came > 0 ? came : throw new IOException("The caller hung up.");
        }
    }
}
