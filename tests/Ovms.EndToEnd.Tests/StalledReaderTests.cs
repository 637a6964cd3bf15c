using System.Net.Sockets;
using System.Text;
using Google.Protobuf;
using Grpc.Reflection.V1Alpha;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>Answers that are no inference's and that nobody takes: the same time limit, and nobody else's calls end with it.</summary>
public sealed class StalledReaderTests
{
    private const int EnhanceYourCalm = 11;

    private static readonly string[] s_limit = ["--answer_stall_timeout_seconds", "1"];

    [Test]
    public async Task MetricsThatNobodyTakes_AreBrokenOff()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", [.. s_limit, "--metrics_enable", "--log_level", "DEBUG"]);
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync("127.0.0.1", server.RestPort);

        // More answers than all buffers on the way hold.
        byte[] scrapes = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("GET /metrics HTTP/1.1\r\nHost: ovms\r\n\r\n", 5000)));
        Task sending = RawHttp.SendAsync(socket, scrapes);
        await server.Process.WaitForLineAsync(static line =>
            line.Contains("GET /metrics", StringComparison.Ordinal) && line.Contains("answer_stall_timeout_seconds", StringComparison.Ordinal));
        string came = await RawHttp.ReadToEndAsync(socket);
        await sending;
        await Assert.That(came).Contains("# TYPE ovms_");
        await Assert.That(came.Split("HTTP/1.1 200").Length).IsLessThan(5000);
    }

    [Test]
    public async Task ListThatNobodyTakes_IsResetAlone()
    {
        await using LivingRepository repository = new();

        // None of them is there, and each has a row with the reason.
        repository.Configure([.. Enumerable.Range(0, 300).Select(static i => $"{new string('m', 100)}{i}")]);
        await repository.StartAsync(s_limit);
        using Socket socket = await ConnectAsync(repository.GrpcPort);
        await socket.SendAsync((byte[])
            [.. Http2Frames.Headers(1, "/inference.GRPCInferenceService/RepositoryIndex"), .. Http2Frames.Data(1, RawGrpc.Frame([]))]);
        await Assert.That(await Http2Frames.ResetReasonAsync(socket, 1)).IsEqualTo(EnhanceYourCalm);
        await IsServedAsync(socket, 3);
    }

    [Test]
    public async Task StreamOfAnswersThatNobodyTakes_IsResetAlone()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", s_limit);
        using Socket socket = await ConnectAsync(server.GrpcPort);
        byte[] question = RawGrpc.Frame(new ServerReflectionRequest { FileContainingSymbol = RawGrpc.Inference }.ToByteArray());
        byte[] questions = [.. Enumerable.Repeat(question, 100).SelectMany(static bytes => bytes)];
        await socket.SendAsync((byte[])
            [.. Http2Frames.Headers(1, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"), .. Http2Frames.Data(1, questions)]);
        await Assert.That(await Http2Frames.ResetReasonAsync(socket, 1)).IsEqualTo(EnhanceYourCalm);
        await IsServedAsync(socket, 3);
    }

    // A caller who gives no leave to send anything of an answer.
    private static async Task<Socket> ConnectAsync(int port)
    {
        Socket socket = await Http2Frames.ConnectAsync(port);
        await socket.SendAsync(Http2Frames.StreamWindow(0));
        return socket;
    }

    private static async Task IsServedAsync(Socket socket, int stream)
    {
        await socket.SendAsync((byte[])
        [
            .. Http2Frames.Headers(stream, "/inference.GRPCInferenceService/ServerLive"), .. Http2Frames.WindowUpdate(stream, 1 << 16),
            .. Http2Frames.Data(stream, RawGrpc.Frame([])),
        ]);
        byte[]? body = (await Http2Frames.BodiesAsync(socket, stream)).Single();
        await Assert.That(body).IsNotNull();
        await Assert.That(body!).IsEquivalentTo(RawGrpc.Frame([8, 1]));
    }
}
