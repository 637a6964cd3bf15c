using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Grpc.Core;
using Grpc.Net.Client;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>The lines about calls, their form, and the file they are in.</summary>
public sealed partial class CallLogTests
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";

    // The test framework follows activities, and the usual client would then send a trace of its own.
    private static readonly HttpClient s_http = new(Silent()) { Timeout = OvmsProcess.Patience };

    [Test]
    public async Task FailedCalls_AreToldAtDebugWithTheCallersId()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", "--log_level", "DEBUG");
        using GrpcChannel channel = GrpcChannel.ForAddress($"http://127.0.0.1:{server.GrpcPort}", new GrpcChannelOptions { HttpHandler = Silent(), DisposeHttpClient = true });
        GRPCInferenceService.GRPCInferenceServiceClient client = new(channel);
        ModelInferRequest wrong = Requests.For("dummy", "1", "kserve-id").WithRaw("b", "FP32", [1, 9], new float[9]);
        await Fault.OfAsync(async () => await client.ModelInferAsync(wrong));
        await Fault.OfAsync(async () => await client.ModelInferAsync(wrong, new Metadata { { "traceparent", $"00-{Trace}-00f067aa0ba902b7-01" } }));
        await PostAsync(server, "/v2/models/dummy/versions/1/infer", "{", "request-id");
        await PostAsync(server, "/v2/models/nothing/infer", "{}", null);
        await server.Process.StopAsync();

        string[] lines = [.. server.Process.Output.Split('\n').Where(static line => line.Contains(" failed: ", StringComparison.Ordinal) && line.Contains("] Call ", StringComparison.Ordinal))];
        await Assert.That(lines.Length).IsEqualTo(4).Because(server.Process.Output);
        await Assert.That(lines[0]).Matches(@"\[debug\]\[grpc\] Call kserve-id failed: gRPC /inference.GRPCInferenceService/ModelInfer; model: dummy; version: 1; after \d+\.\d{3} ms: Invalid input shape - ");
        await Assert.That(lines[1]).Contains($"] Call {Trace} failed: gRPC /inference.GRPCInferenceService/ModelInfer; model: dummy; version: 1; ");
        await Assert.That(lines[2]).Matches(@"\[debug\]\[rest\] Call request-id failed: REST POST /v2/models/dummy/versions/1/infer; model: dummy; version: 1; after \d+\.\d{3} ms: ");
        await Assert.That(lines[3]).Matches(@"\] Call [0-9A-Z]+:[0-9A-F]{8} failed: REST POST /v2/models/nothing/infer; model: nothing; version: -; ");
    }

    [Test]
    public async Task AtInfo_CallsAreNotMentioned()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy");
        int lines = server.Process.Output.Split('\n').Length;
        for (int i = 0; i < 20; i++)
        {
            await server.Client.ModelInferAsync(HeldCall.Request);
            await PostAsync(server, "/v2/models/dummy/infer", "{", "request-id");
        }

        await Fault.OfAsync(async () => await server.Client.ModelInferAsync(Requests.For("nothing")));
        await server.Process.StopAsync();
        string[] after = [.. server.Process.Output.Split('\n').Skip(lines)];
        await Assert.That(after[0]).Contains("Stopping").Because(server.Process.Output);
    }

    [Test]
    public async Task Json_IsOneObjectALine()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", "--log_format", "json", "--log_level", "DEBUG");
        await PostAsync(server, "/v2/models/d%22u%0Am%5C/infer", "{}", "request-id");
        await server.Process.StopAsync();
        JsonElement[] lines = [.. server.Process.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonDocument.Parse(line).RootElement)];
        foreach (JsonElement line in lines)
        {
            await Assert.That(DateTime.ParseExact(line.GetProperty("time").GetString()!, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal))
                .IsGreaterThan(DateTime.UtcNow.AddHours(-1));
            await Assert.That(line.GetProperty("level").GetString()).IsNotNull();
            await Assert.That(line.GetProperty("area").GetString()).IsNotNull();
            await Assert.That(line.GetProperty("message").GetString()).IsNotNull();
        }

        JsonElement loaded = lines.Single(static line => line.TryGetProperty("event", out JsonElement name) && name.GetString() == "ModelLoaded").GetProperty("fields");
        await Assert.That(loaded.GetProperty("model").GetString()).IsEqualTo("dummy");
        await Assert.That(loaded.GetProperty("version").GetInt64()).IsEqualTo(1);
        JsonElement failed = lines.Single(static line => line.TryGetProperty("call", out _));
        await Assert.That(failed.GetProperty("event").GetString()).IsEqualTo("CallFailed");
        await Assert.That(failed.GetProperty("call").GetString()).IsEqualTo("request-id");
        await Assert.That(failed.GetProperty("fields").GetProperty("model").GetString()).Contains("d\"u");
        await Assert.That(failed.GetProperty("fields").GetProperty("milliseconds").GetDouble()).IsGreaterThanOrEqualTo(0);
    }

    [Test]
    [Arguments(PosixSignal.SIGHUP)]
    [Arguments((PosixSignal)OvmsProcess.UserSignal)]
    public async Task RotationUnderLoad_LosesNoLine(PosixSignal signal)
    {
        string folder = Directory.CreateTempSubdirectory("ovms-rotate-").FullName;
        try
        {
            string file = Path.Combine(folder, "ovms.log");
            await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", "--log_level", "DEBUG", "--log_format", "json", "--log_path", file);
            const int Callers = 4;
            const int Each = 60;
            Task callers = Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
            {
                for (int i = 0; i < Each; i++)
                {
                    await PostAsync(server, "/v2/models/dummy/infer", "{", $"id-{caller}-{i}");
                }
            })));
            for (int rotation = 0; !callers.IsCompleted || rotation < 3; rotation++)
            {
                File.Move(file, $"{file}.{rotation}");
                server.Process.Signal(signal);
                await UntilAsync(() => File.Exists(file));
            }

            await callers;
            await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
            JsonElement[] lines = [.. Directory.EnumerateFiles(folder).SelectMany(File.ReadAllLines).Select(static line => JsonDocument.Parse(line).RootElement)];
            string[] ids = [.. lines.Where(static line => line.TryGetProperty("call", out _)).Select(static line => line.GetProperty("call").GetString()!)];
            await Assert.That(ids).IsEquivalentTo(Enumerable.Range(0, Callers).SelectMany(static caller => Enumerable.Range(0, Each).Select(i => $"id-{caller}-{i}")));
            await Assert.That((await File.ReadAllTextAsync(file)).Contains("Stopped", StringComparison.Ordinal)).IsTrue();
            await Assert.That(server.Process.Output).DoesNotContain("were dropped");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public async Task UnknownFormat_IsRefusedWithThoseThereAre()
    {
        (int code, _, string errors) = await OvmsProcess.RunAsync(["--model_path", "p", "--model_name", "m", "--rest_port", "1", "--log_format", "xml"]);
        await Assert.That(code).IsEqualTo(64);
        await Assert.That(FormatNames().IsMatch(errors)).IsTrue().Because(errors);
    }

    private static SocketsHttpHandler Silent() => new() { ActivityHeadersPropagator = null };

    private static async Task PostAsync(OvmsServer server, string path, string body, string? id)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, $"http://127.0.0.1:{server.RestPort}{path}") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (id is not null)
        {
            request.Headers.Add("x-request-id", id);
        }

        using HttpResponseMessage answer = await s_http.SendAsync(request);
        await Assert.That((int)answer.StatusCode).IsGreaterThanOrEqualTo(400);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using CancellationTokenSource limit = new(OvmsProcess.Patience);
        while (!condition())
        {
            await Task.Delay(1, limit.Token);
        }
    }

    [GeneratedRegex("text.*json")]
    private static partial Regex FormatNames();
}
