using System.Diagnostics;
using System.Net.Sockets;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>Both fronts on unix domain socket files.</summary>
public sealed class UnixSocketTests
{
    private static readonly string[] s_model = ["--model_name", "dummy", "--model_path", Repo.Model("dummy")];

    [Test]
    public async Task BothFronts_ServeOnSocketsAloneAndTakeTheFilesAway()
    {
        using SocketFolder folder = new();
        await using OvmsProcess server = await StartAsync("--grpc_uds", folder["g"], "--rest_uds", folder["r"], "--metrics_enable");
        if (!OperatingSystem.IsWindows())
        {
            await Assert.That(File.GetUnixFileMode(folder["g"])).IsEqualTo((UnixFileMode)0b110_110_000);
            await Assert.That(File.GetUnixFileMode(folder["r"])).IsEqualTo((UnixFileMode)0b110_110_000);
        }

        using GrpcChannel channel = ChannelTo(folder["g"]);
        await Assert.That(await InferAsync(channel)).IsEqualTo(2f);
        HealthCheckResponse health = await new Health.HealthClient(channel).CheckAsync(new HealthCheckRequest { Service = "dummy" });
        await Assert.That(health.Status).IsEqualTo(HealthCheckResponse.Types.ServingStatus.Serving);

        using HttpClient http = new(new SocketsHttpHandler { ConnectCallback = (_, cancellation) => ConnectAsync(folder["r"], cancellation) }) { BaseAddress = new Uri("http://localhost") };
        await Assert.That((int)(await http.GetAsync("/v2/health/ready")).StatusCode).IsEqualTo(200);
        using StringContent body = new("""{"inputs":[{"name":"b","shape":[1,10],"datatype":"FP32","data":[1,2,3,4,5,6,7,8,9,10]}]}""");
        await Assert.That(await (await http.PostAsync("/v2/models/dummy/infer", body)).Content.ReadAsStringAsync()).Contains("[2.0,3.0,4.0");

        await Assert.That(await http.GetStringAsync("/metrics")).Contains("ovms_requests_success{");

        await Assert.That(await server.StopAsync()).IsEqualTo(0);
        await Assert.That(File.Exists(folder["g"]) || File.Exists(folder["r"])).IsFalse();
    }

    [Test]
    public async Task SocketsBesideThePorts_ServeToo()
    {
        using SocketFolder folder = new();
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", "--grpc_uds", folder["g"], "--rest_uds", folder["r"]);
        using GrpcChannel channel = ChannelTo(folder["g"]);
        await Assert.That(await InferAsync(channel)).IsEqualTo(2f);
        await Assert.That(await InferAsync(server.Channel)).IsEqualTo(2f);
        await Assert.That(server.Process.Output).Contains($"unix:{folder["r"]}");
        await Assert.That((int)(await server.Http.GetAsync("/v2/health/ready")).StatusCode).IsEqualTo(200);
    }

    [Test]
    public async Task Curl_CallsOverTheSocket()
    {
        Skip.Unless(File.Exists("/usr/bin/curl"), "There is no curl.");
        using SocketFolder folder = new();
        await using OvmsProcess server = await StartAsync("--rest_uds", folder["r"]);
        (int code, string output) = await RunAsync("/usr/bin/curl", "-sS", "-i", "--unix-socket", folder["r"], "http://localhost/v2/models/dummy");
        await Assert.That(code).IsEqualTo(0);
        await Assert.That(output).StartsWith("HTTP/1.1 200").And.Contains("\"name\":\"dummy\"");
    }

    [Test]
    public async Task GrpcsCCore_CallsOverTheSocket()
    {
        using SocketFolder folder = new();
        await using OvmsProcess server = await StartAsync("--grpc_uds", folder["g"]);
        IReadOnlyDictionary<string, string?> checks = await TritonClient.RunAsync("unix_socket.py", new Dictionary<string, string> { ["dummy"] = $"unix:{folder["g"]}" });
        await Assert.That(checks.Count).IsGreaterThan(0);
        await Assert.That(checks.Values.OfType<string>()).IsEmpty();
    }

    [Test]
    public async Task FileOfADeadServer_IsReplaced()
    {
        using SocketFolder folder = new();
        await using (OvmsProcess killed = await StartAsync("--grpc_uds", folder["g"]))
        {
            // Disposal kills.
        }

        await Assert.That(File.Exists(folder["g"])).IsTrue();
        await using OvmsProcess server = await StartAsync("--grpc_uds", folder["g"]);
        using GrpcChannel channel = ChannelTo(folder["g"]);
        await Assert.That(await InferAsync(channel)).IsEqualTo(2f);
    }

    [Test]
    public async Task SocketOfALiveServer_IsRefusedAndLeftAlone()
    {
        using SocketFolder folder = new();
        await using OvmsProcess server = await StartAsync("--grpc_uds", folder["s"]);
        foreach (string option in new[] { "--grpc_uds", "--rest_uds" })
        {
            (int code, string output, _) = await OvmsProcess.RunAsync([.. s_model, option, folder["s"]]);
            await Assert.That(code).IsEqualTo(1);
            await Assert.That(output).Contains($"{folder["s"]} cannot be listened on: another process listens there");
        }

        using GrpcChannel channel = ChannelTo(folder["s"]);
        await Assert.That(await InferAsync(channel)).IsEqualTo(2f);
    }

    [Test]
    [Arguments("file", "it exists and is no socket")]
    [Arguments("folder", "it exists and is no socket")]
    [Arguments("link", "it exists and is no socket")]
    [Arguments("missing/socket", "its folder does not exist")]
    [Arguments("long", "the system takes 107")]
    [Arguments("file/socket", "is no folder")]
    [Arguments("/sys/kernel/socket", "Choose another path")]
    public async Task PathThatCannotBeASocket_EndsWithASentence(string name, string why)
    {
        using SocketFolder folder = new();
        await File.WriteAllTextAsync(folder["file"], "kept");
        Directory.CreateDirectory(folder["folder"]);
        File.CreateSymbolicLink(folder["link"], "nowhere");
        string path = folder[name == "long" ? new string('x', 108) : name];
        foreach (string option in new[] { "--grpc_uds", "--rest_uds" })
        {
            (int code, string output, string errors) = await OvmsProcess.RunAsync([.. s_model, option, path]);
            await Assert.That(code).IsEqualTo(1).Because(output + errors);
            await Assert.That(output).Contains(why).And.Contains(path);
            await Assert.That(output).DoesNotContain("   at ").And.DoesNotContain("Unknown socket error");
        }

        await Assert.That(await File.ReadAllTextAsync(folder["file"])).IsEqualTo("kept");
    }

    [Test]
    public async Task OneSocketForBoth_IsAWrongUsage()
    {
        (int code, _, string errors) = await OvmsProcess.RunAsync([.. s_model, "--grpc_uds", "/tmp/same", "--rest_uds", "/tmp/same"]);
        await Assert.That(code).IsEqualTo(64);
        await Assert.That(errors).Contains("grpc_uds and rest_uds cannot have the same values");
    }

    private static async Task<OvmsProcess> StartAsync(params string[] more)
    {
        OvmsProcess process = OvmsProcess.Start([.. s_model, .. more]);
        try
        {
            await process.WaitForLineAsync(static line => line.Contains("Ready after", StringComparison.Ordinal));
            return process;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    private static GrpcChannel ChannelTo(string path) => GrpcChannel.ForAddress(
        "http://localhost",
        new GrpcChannelOptions { HttpHandler = new SocketsHttpHandler { ConnectCallback = (_, cancellation) => ConnectAsync(path, cancellation) }, DisposeHttpClient = true });

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellation)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<float> InferAsync(GrpcChannel channel)
    {
        GRPCInferenceService.GRPCInferenceServiceClient client = new(channel);
        ModelInferResponse answer = await client.ModelInferAsync(
            Requests.For("dummy").WithRaw("b", "FP32", [1, 10], 1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f, 9f, 10f), deadline: DateTime.UtcNow + OvmsProcess.Patience);
        return answer.Values<float>("a")[0];
    }

    private static async Task<(int Code, string Output)> RunAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = await process.StandardOutput.ReadToEndAsync().WaitAsync(OvmsProcess.Patience);
        await process.WaitForExitAsync().WaitAsync(OvmsProcess.Patience);
        return (process.ExitCode, output);
    }
}
