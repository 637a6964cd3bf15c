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
        Task<GrpcCaller> connecting = GrpcCaller.ConnectAsync(Address(listener), "/s/M", new byte[100_000]);
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

    // Trailers alone: an indexed :status, a literal content-type, the status and a text that a server may write in two ways.
    [Test]
    [Arguments(false, "6E6F2073756368206D6F64656C253231")]
    [Arguments(true, "A8EA22D24EA52790B47F")]
    public async Task ErrorOfTheServer_IsSaidWithItsText(bool isHuffmanCoded, string text)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Task<GrpcCaller> connecting = GrpcCaller.ConnectAsync(Address(listener), "/s/M", new byte[10]);
        using Socket server = await listener.AcceptSocketAsync();
        await server.SendAsync(Frame(4, 0, 0, []));
        using GrpcCaller caller = await connecting;
        Task call = caller.CallAsync().AsTask();
        byte[] message = Convert.FromHexString(text);
        byte[] prefix = [(byte)((isHuffmanCoded ? 0x80 : 0) | message.Length)];
        byte[] block =
        [
            0x88, 0x5f, 16, .. "application/grpc"u8, 0x00, 11, .. "grpc-status"u8, 1, (byte)'5', 0x40, 12, .. "grpc-message"u8, .. prefix, .. message,
        ];
        await server.SendAsync(Frame(1, 5, 1, block));
        IOException refused = (await Assert.That(async () => await call.WaitAsync(TimeSpan.FromSeconds(60))).Throws<IOException>())!;
        await Assert.That(refused.Message).Contains("gRPC status 5");
        await Assert.That(refused.Message).Contains("no such model");
    }

    [Test]
    [Arguments(8, 0, "", "WINDOW_UPDATE frame of 0 bytes")]
    [Arguments(7, 0, "000000", "GOAWAY frame of 3 bytes")]
    [Arguments(3, 0, "00", "RST_STREAM frame of 1 bytes")]
    [Arguments(1, 13, "", "HEADERS frame of 0 bytes")]
    [Arguments(1, 13, "0988", "HEADERS frame of 2 bytes")]
    public async Task FrameThatIsTooShort_IsSaid(int type, int flags, string payload, string reason)
    {
        IOException refused = await FailureAsync(Frame((byte)type, (byte)flags, 1, Convert.FromHexString(payload)));
        await Assert.That(refused.Message).Contains(reason);
    }

    [Test]
    public async Task ErrorAfterAMessage_IsNoSuccess()
    {
        byte[] Trailers(char status) => Frame(1, 5, 1, [0x00, 11, .. "grpc-status"u8, 1, (byte)status]);
        byte[] message = Frame(0, 0, 1, new byte[5]);
        byte[] second = [.. message, .. Trailers('0'), .. message, .. Trailers('0'), .. message, .. Trailers('8')];
        await Assert.That((await FailureAsync(second, calls: 3)).Message).Contains("gRPC status 8");
    }

    [Test]
    public async Task TextForATerminal_IsShownEscaped()
    {
        byte[] block = [0x00, 11, .. "grpc-status"u8, 1, (byte)'3', 0x00, 12, .. "grpc-message"u8, 6, .. "%1B[2J"u8];
        await Assert.That((await FailureAsync(Frame(1, 5, 1, block))).Message).EndsWith("(gRPC status 3): \\u001B[2J");
    }

    [Test]
    public async Task ServerThatCrashesInACall_IsAFailureInWords() =>
        await Assert.That((await FailureAsync([], isReset: true)).Message).Contains("A gRPC connection to the server");

    [Test]
    public async Task ServerOfHttp1_IsSaidToSpeakNoGrpc()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Task<GrpcCaller> connecting = GrpcCaller.ConnectAsync(Address(listener), "/s/M", new byte[10]);
        using Socket server = await listener.AcceptSocketAsync();
        await server.SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
        IOException refused = (await Assert.That(async () => await connecting.WaitAsync(TimeSpan.FromSeconds(60))).Throws<IOException>())!;
        await Assert.That(refused.Message).Contains("does not speak gRPC");
    }

    // Of the last call: those before have answers. The stream's number in them does not matter to the caller.
    private static async Task<IOException> FailureAsync(byte[] answers, int calls = 1, bool isReset = false)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Task<GrpcCaller> connecting = GrpcCaller.ConnectAsync(Address(listener), "/s/M", new byte[10]);
        using Socket server = await listener.AcceptSocketAsync();
        await server.SendAsync(Frame(4, 0, 0, []));
        using GrpcCaller caller = await connecting;
        await server.SendAsync(answers);
        for (; calls > 1; calls--)
            await caller.CallAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));
        Task call = caller.CallAsync().AsTask();
        if (isReset)
        {
            server.LingerState = new LingerOption(true, 0);
            server.Close();
        }

        return (await Assert.That(async () => await call.WaitAsync(TimeSpan.FromSeconds(60))).Throws<IOException>())!;
    }

    private static ServerAddress Address(TcpListener listener) =>
        ServerAddress.Loopback(((IPEndPoint)listener.LocalEndpoint).Port, ServerFront.Grpc);

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
