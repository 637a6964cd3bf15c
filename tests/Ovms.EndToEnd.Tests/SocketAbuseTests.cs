using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>Connections that carry something else, break off, or are too many; and what is left when they are gone.</summary>
public sealed class SocketAbuseTests
{
    // Connections of the tests' own clients, and what the runtime opens and closes by itself.
    private const int Slack = 6;

    private static readonly byte[] s_body = """{"inputs":[{"name":"b","shape":[1,10],"datatype":"FP32","data":[0,1,2,3,4,5,6,7,8,9]}]}"""u8.ToArray();

    private static byte[] Post => RawHttp.Request("POST /v2/models/dummy/infer", $"Content-Length: {s_body.Length}\r\n", s_body);

    private static ModelInferRequest Good => Requests.For("dummy").WithRaw("b", "FP32", [1, 10], 0f, 1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f, 9f);

    [Test]
    public async Task OtherProtocols_AreTurnedAwayAtOnce()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy");
        byte[] hello = [0x16, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3, .. new byte[200]];
        byte[] preface = Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        Random random = new(22);
        byte[] noise = new byte[3000];
        random.NextBytes(noise);
        noise[0] = 0;

        // The gRPC port: closed without waiting for more; HTTP/1 is told why.
        await Assert.That(await RawHttp.ExchangeAsync(server.GrpcPort, hello)).IsEmpty();
        await Assert.That(await RawHttp.ExchangeAsync(server.GrpcPort, hello)).IsEmpty();
        await Assert.That(await RawHttp.ExchangeAsync(server.GrpcPort, noise)).IsEmpty();
        await Assert.That(await RawHttp.ExchangeAsync(server.GrpcPort, new byte[5000])).IsEmpty();
        string http1 = await RawHttp.ExchangeAsync(server.GrpcPort, RawHttp.Request("GET /v2", "", []));
        await Assert.That(RawHttp.Status(http1)).IsEqualTo(400);
        await Assert.That(http1).Contains("HTTP/2 only");
        await server.Process.WaitForLineAsync(static line => line.Contains("speaks TLS", StringComparison.Ordinal));
        await Assert.That(server.Process.Output.Split('\n').Where(static line => line.Contains("speaks TLS", StringComparison.Ordinal))).HasSingleItem();

        // The REST port.
        await Assert.That(RawHttp.Status(await RawHttp.ExchangeAsync(server.RestPort, hello))).IsEqualTo(400);
        await Assert.That(RawHttp.Status(await RawHttp.ExchangeAsync(server.RestPort, noise))).IsEqualTo(400);
        await RawHttp.ExchangeAsync(server.RestPort, [.. preface, 0, 0, 0, 4, 0, 0, 0, 0, 0]);
        await Assert.That(RawHttp.Status(await RawHttp.ExchangeAsync(server.RestPort, "GET /v2 HTTP/2.0\r\nHost: x\r\n\r\n"u8.ToArray()))).IsEqualTo(505);
        await Assert.That(RawHttp.Status(await RawHttp.ExchangeAsync(server.RestPort, "GET /v2 HTTP/1.0\r\n\r\n"u8.ToArray()))).IsEqualTo(200);
        await ExpectUnharmedAsync(server);
    }

    [Test]
    public async Task ConnectionsThatBreakOff_LeaveNothing()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("squeezenet"), "m");
        ModelMetadataResponse model = await server.Client.ModelMetadataAsync(new ModelMetadataRequest { Name = "m" });
        long[] shape = [.. model.Inputs[0].Shape];
        int length = (int)shape.Aggregate(1L, static (product, dimension) => product * dimension) * (model.Inputs[0].Datatype == "FP32" ? 4 : 2);
        ModelInferRequest request = Requests.For("m").WithBytes(model.Inputs[0].Name, model.Inputs[0].Datatype, shape, new byte[length]);
        byte[] grpc = RawGrpc.Frame(request.ToByteArray());
        byte[] json = Encoding.UTF8.GetBytes($$$"""{"inputs":[{"name":"{{{model.Inputs[0].Name}}}","shape":[{{{string.Join(',', shape)}}}],"datatype":"{{{model.Inputs[0].Datatype}}}","parameters":{"binary_data_size":{{{length}}}}}]}""");
        byte[] rest = RawHttp.Request(
            "POST /v2/models/m/infer", $"Inference-Header-Content-Length: {json.Length}\r\nContent-Length: {json.Length + length}\r\n", [.. json, .. new byte[length]]);
        await server.Client.ModelInferAsync(request);
        int files = ProcessFacts.Files(server.Process.Id);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(async () =>
        {
            Random random = new(caller);
            for (int round = 0; round < 25; round++)
            {
                // Somewhere in the request, or after it, while it is computed or answered; in order or not.
                using (Socket socket = await RawHttp.ConnectAsync(server.RestPort))
                {
                    await RawHttp.SendAsync(socket, random.Next(2) == 0 ? rest : rest[..random.Next(rest.Length)]);
                    await Task.Delay(random.Next(20));
                    socket.LingerState = new LingerOption(random.Next(2) == 0, 0);
                }

                using RawGrpc raw = new(server.GrpcPort);
                using RawGrpc.Unfinished body = new(random.Next(2) == 0 ? grpc : grpc[..random.Next(grpc.Length)]);
                Task<HttpResponseMessage> call = raw.SendAsync("ModelInfer", body);
                await Task.WhenAny(body.Sent, call);
                await Task.Delay(random.Next(20));
                await body.GiveUpAsync(call);
            }
        })));

        await server.Client.ModelInferAsync(request);
        await Assert.That(await ProcessFacts.FilesSettleAsync(server.Process.Id, files + Slack)).IsLessThanOrEqualTo(files + Slack);
        await Assert.That(server.Process.Output).DoesNotContain("[error]");
        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
        await Assert.That(server.Process.Output).DoesNotContain("cut off");
    }

    [Test]
    public async Task FiveHundredConnections_AreAllAnswered()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy");
        Socket[] sockets = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => RawHttp.ConnectAsync(server.RestPort)));
        string[] statuses = await Task.WhenAll(sockets.Select(static socket => AskAsync(socket)));
        await Assert.That(statuses.All(static status => status == "200")).IsTrue();
        Array.ForEach(sockets, static socket => socket.Dispose());
        await ExpectUnharmedAsync(server);
    }

    [Test]
    public async Task MoreConnectionsThanFiles_MakeRoomForEachOther()
    {
        const int Files = 64;
        int port = FreePort.Next();
        await using OvmsProcess process = OvmsProcess.Start(
            ["-c", $"ulimit -n {Files} && exec \"$0\" \"$@\"", Repo.Binary, "--model_path", Repo.Model("dummy"), "--model_name", "dummy", "--rest_port", $"{port}", "--rest_bind_address", "127.0.0.1"],
            binary: "/bin/sh");
        await process.WaitForLineAsync(static line => line.Contains("Ready after", StringComparison.Ordinal));

        // Three times as many as there can be; each is answered, and those that are idle longest are closed for it.
        List<Socket> sockets = [];
        for (int i = 0; i < 3 * Files; i++)
        {
            sockets.Add(await RawHttp.ConnectAsync(port));
            await Assert.That(await AskAsync(sockets[^1])).IsEqualTo("200").Because($"connection {i}");
        }

        await Assert.That(await AskAsync(sockets[^2])).IsEqualTo("200");
        await Assert.That(await AskAsync(sockets[0])).IsEqualTo("");

        // Now all are in use: who comes then is let in for health alone.
        List<Socket> busy = [];
        for (int i = 0; i < 2 * Files; i++)
        {
            try
            {
                busy.Add(await RawHttp.ConnectAsync(port));
                await RawHttp.SendAsync(busy[^1], RawHttp.Request("POST /v2/models/dummy/infer", "Content-Length: 1000\r\n", "{"u8.ToArray()));
            }
            catch (SocketException)
            {
                // Cut off for the next one before it knew that it was connected.
            }
        }

        await process.WaitForLineAsync(static line => line.Contains("A connection was rejected", StringComparison.Ordinal));
        sockets.ForEach(static socket => socket.Dispose());
        busy.ForEach(static socket => socket.Dispose());

        // There is room again as soon as the server has seen them go.
        using CancellationTokenSource limit = new(OvmsProcess.Patience);
        string status = "";
        while (status != "200" && !limit.IsCancellationRequested)
        {
            using Socket next = await RawHttp.ConnectAsync(port);
            status = await AskAsync(next);
        }

        await Assert.That(status).IsEqualTo("200");
        await Assert.That(process.Output.Split('\n').Where(static line => line.Contains("A connection was rejected", StringComparison.Ordinal)).Count()).IsBetween(1, 2);
        await Assert.That(await process.StopAsync()).IsEqualTo(0);
    }

    [Test]
    public async Task ManyMixedCalls_LeaveMemoryAndFilesAsTheyWere()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy");
        await CallAsync(2_000);
        long memory = ProcessFacts.Resident(server.Process.Id);
        int files = ProcessFacts.Files(server.Process.Id);
        await CallAsync(10_000);

        // A lost tensor of each of the failed calls would be many times as much.
        await Assert.That(ProcessFacts.Resident(server.Process.Id)).IsLessThan(memory + 60);
        await Assert.That(await ProcessFacts.FilesSettleAsync(server.Process.Id, files + Slack)).IsLessThanOrEqualTo(files + Slack);
        await ExpectUnharmedAsync(server);

        async Task CallAsync(int count) => await Task.WhenAll(Enumerable.Range(0, 4).Select(caller => Task.Run(async () =>
        {
            ModelInferRequest[] requests =
            [
                Good,
                Requests.For("dummy").WithBytes("b", "FP32", [1, 10], new byte[100_000]),
                Requests.For("dummy").WithRaw("b", "FP32", [1, 11], new float[11]),
                Requests.For("nobody").WithRaw("b", "FP32", [1, 10], new float[10]),
                Requests.For("dummy").WithContents("b", "INT8", [1, 10], new InferTensorContents { IntContents = { 300 } }),
            ];
            string json = Encoding.UTF8.GetString(s_body);
            string[] bodies = [json, json[..60], json.Replace("FP32", "BYTES", StringComparison.Ordinal), $"{json}{new string('x', 50_000)}"];
            for (int call = 0; call < count / 4; call++)
            {
                if (call % 3 == 0)
                {
                    using HttpResponseMessage answer = await server.Http.PostAsync("/v2/models/dummy/infer", new StringContent(bodies[call % bodies.Length]));
                }
                else
                {
                    try
                    {
                        await server.Client.ModelInferAsync(requests[call % requests.Length]);
                    }
                    catch (RpcException fault) when (fault.StatusCode is StatusCode.InvalidArgument or StatusCode.NotFound)
                    {
                    }
                }
            }
        })));
    }

    // One call on a connection that stays open; empty where the server closed it.
    private static async Task<string> AskAsync(Socket socket)
    {
        await RawHttp.SendAsync(socket, Post);
        using CancellationTokenSource limit = new(OvmsProcess.Patience);
        byte[] answer = new byte[4096];
        int read = 0;
        try
        {
            while (!Encoding.Latin1.GetString(answer, 0, read).EndsWith("]}]}", StringComparison.Ordinal))
            {
                int more = await socket.ReceiveAsync(answer.AsMemory(read), limit.Token);
                if (more == 0)
                {
                    break;
                }

                read += more;
            }
        }
        catch (SocketException)
        {
        }

        return RawHttp.Status(Encoding.Latin1.GetString(answer, 0, read)) is not 0 and int status ? status.ToString(CultureInfo.InvariantCulture) : "";
    }

    private static async Task ExpectUnharmedAsync(OvmsServer server)
    {
        await Assert.That((await server.Client.ModelInferAsync(Good)).Values<float>("a")[9]).IsEqualTo(10f);
        using HttpResponseMessage answer = await server.Http.PostAsync("/v2/models/dummy/infer", new ByteArrayContent(s_body));
        await Assert.That(answer.StatusCode).IsEqualTo(HttpStatusCode.OK);
        await Assert.That(server.Process.Output).DoesNotContain("[error]");
    }
}
