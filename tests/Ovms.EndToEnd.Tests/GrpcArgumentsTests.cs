using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>--grpc_channel_arguments and --grpc_memory_quota: what they change, and what they refuse.</summary>
public sealed class GrpcArgumentsTests
{
    private static readonly ModelInferRequest s_request = Requests.For("dummy").WithRaw("b", "FP32", [1, 10], new float[10]);

    [Test]
    public async Task ReceiveLimit_RefusesLargerRequests()
    {
        await using OvmsServer server = await StartAsync($"grpc.max_receive_message_length={s_request.CalculateSize()}");
        await Assert.That((await server.Client.ModelInferAsync(s_request)).Values<float>("a")[0]).IsEqualTo(1f);
        ModelInferRequest larger = s_request.Clone();
        larger.Id = "one byte and more";
        RpcException fault = await Fault.OfAsync(async () => await server.Client.ModelInferAsync(larger));
        await Assert.That(fault.StatusCode).IsEqualTo(StatusCode.ResourceExhausted).Because(fault.Status.Detail);
    }

    [Test]
    public async Task SendLimit_RefusesLargerAnswers()
    {
        await using OvmsServer server = await StartAsync("grpc.max_send_message_length=40");
        RpcException fault = await Fault.OfAsync(async () => await server.Client.ModelInferAsync(s_request));
        await Assert.That(fault.StatusCode).IsEqualTo(StatusCode.ResourceExhausted);
        await Assert.That(fault.Status.Detail).Contains("40");
        await Assert.That((await server.Client.ServerLiveAsync(new ServerLiveRequest())).Live).IsTrue();
    }

    [Test]
    public async Task ConcurrentStreams_AreToldToTheClient()
    {
        const ushort MaxConcurrentStreams = 3;
        await using OvmsServer server = await StartAsync("grpc.max_concurrent_streams=7");
        using TcpClient connection = new();
        await connection.ConnectAsync(IPAddress.Loopback, server.GrpcPort);
        NetworkStream stream = connection.GetStream();

        // A client's preface and its empty SETTINGS; the server's first frame is its SETTINGS: nine bytes of header, then pairs of a
        // two-byte name and a four-byte value.
        await stream.WriteAsync((byte[])[.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 0, 4, 0, 0, 0, 0, 0]);
        byte[] header = new byte[9];
        await stream.ReadExactlyAsync(header);
        await Assert.That(header[3]).IsEqualTo((byte)4);
        byte[] settings = new byte[(header[0] << 16) | BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(1))];
        await stream.ReadExactlyAsync(settings);
        Dictionary<ushort, uint> values = settings.Chunk(6).ToDictionary(static pair => BinaryPrimitives.ReadUInt16BigEndian(pair), static pair => BinaryPrimitives.ReadUInt32BigEndian(pair.AsSpan(2)));
        await Assert.That(values[MaxConcurrentStreams]).IsEqualTo(7u);
    }

    [Test]
    public async Task MemoryQuota_RefusesWhatDoesNotFit()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", "--grpc_memory_quota", "10");
        RpcException fault = await Fault.OfAsync(async () => await server.Client.ModelInferAsync(s_request));
        await Assert.That(fault.StatusCode).IsEqualTo(StatusCode.ResourceExhausted);
        await Assert.That(fault.Status.Detail).Contains("grpc_memory_quota");
    }

    [Test]
    [Arguments("grpc.max_concurrent_streams")]
    [Arguments("=1")]
    [Arguments("a=1,,b=2")]
    [Arguments("a=b=c")]
    public async Task MalformedPair_EndsWithOneAndTheForm(string arguments)
    {
        (int code, string output, string errors) = await OvmsProcess.RunAsync(
            ["--model_path", Repo.Model("dummy"), "--model_name", "dummy", "--port", $"{FreePort.Next()}", "--grpc_bind_address", "127.0.0.1", "--grpc_channel_arguments", arguments]);
        await Assert.That(code).IsEqualTo(1).Because(output + errors);
        await Assert.That(output + errors).Contains("name=value");
    }

    [Test]
    public async Task TextForANumber_IsAWrongCommandLine()
    {
        (int code, string output, string errors) = await OvmsProcess.RunAsync(
            ["--model_path", Repo.Model("dummy"), "--model_name", "dummy", "--port", $"{FreePort.Next()}", "--grpc_bind_address", "127.0.0.1", "--grpc_channel_arguments", "grpc.max_concurrent_streams=x"]);
        await Assert.That(code).IsEqualTo(64).Because(output + errors);
        await Assert.That(output + errors).Contains("Expected: a whole number; Actual: 'x'");
    }

    private static Task<OvmsServer> StartAsync(string arguments) =>
        OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", "--grpc_channel_arguments", arguments);
}
