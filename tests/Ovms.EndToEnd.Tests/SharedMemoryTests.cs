using System.Diagnostics;
using Grpc.Core;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Tests.Setup;

namespace Ovms.EndToEnd.Tests;

/// <summary>
/// Tensors in shared memory, with the clients that are there for it: tritonclient, whose checks in tests/clients each are a test, and
/// perf_analyzer.
/// </summary>
public sealed class SharedMemoryTests
{
    private const string Script = "shared_memory.py";

    private static TemporaryFolder s_folder = null!;
    private static OvmsServer s_server = null!;
    private static OvmsServer s_closed = null!;
    private static Lazy<Task<IReadOnlyDictionary<string, string?>>> s_run = null!;

    [Before(Class)]
    public static async Task StartServers()
    {
        Skip.Unless(OperatingSystem.IsLinux(), "There is shared memory of POSIX on Linux alone.");
        string Entry(string name, string model, string more = "") => $$$"""{"config":{"name":"{{{name}}}","base_path":"{{{Repo.Model(model)}}}"{{{more}}}}}""";
        string[] models =
        [
            Entry("dummy", "dummy"), Entry("dynamic", "dynamic"), Entry("strings", "passthrough_string"), Entry("all_types", "all_types"),
            Entry("slow", "dummy", ""","target_device":"BATCH:CPU(4)","plugin_config":{"AUTO_BATCH_TIMEOUT":500}"""),
        ];
        s_folder = new();
        string config = Path.Combine(s_folder.Path, "config.json");
        await File.WriteAllTextAsync(config, $$"""{"model_config_list":[{{string.Join(',', models)}}]}""");
        s_server = await OvmsServer.StartOnAsync("Ready after", null, "--config_path", config, "--allow_shared_memory", "/ovms_e2e_");
        s_closed = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy");
        Dictionary<string, string> servers = new()
        {
            ["server"] = $"127.0.0.1:{s_server.GrpcPort}", ["server_http"] = $"127.0.0.1:{s_server.RestPort}",
            ["closed"] = $"127.0.0.1:{s_closed.GrpcPort}", ["closed_http"] = $"127.0.0.1:{s_closed.RestPort}",
        };
        s_run = new(() => TritonClient.RunAsync(Script, servers));
    }

    [After(Class)]
    public static async Task StopServers()
    {
        await (s_server?.DisposeAsync() ?? default);
        await (s_closed?.DisposeAsync() ?? default);
        s_folder?.Dispose();
    }

    public static IEnumerable<string> Checks() => TritonClient.ChecksOf(Script);

    [Test]
    [MethodDataSource(nameof(Checks))]
    public async Task TritonClient_IsAtHome(string check)
    {
        IReadOnlyDictionary<string, string?> ended = await s_run.Value;
        await Assert.That(ended.ContainsKey(check)).IsTrue().Because($"{Script} did not run {check}");
        await Assert.That(ended[check]).IsNull();
    }

    // The tool unregisters all regions of its server, and its keys are the names of the tensors: one run after the other, on a server of
    // its own that allows any key.
    [Test]
    public async Task PerfAnalyzer_RunsWithTensorsThere()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", "--allow_shared_memory", "/");
        foreach ((string protocol, int port) in ((string, int)[])[("grpc", server.GrpcPort), ("http", server.RestPort)])
        {
            string[] arguments = ["-m", "dummy", "-i", protocol, "-u", $"127.0.0.1:{port}", "--shared-memory", "system", "--request-count", "50"];
            (int code, string output) = await PerfAnalyzer.RunAsync(arguments);
            await Assert.That(code).IsEqualTo(0).Because(output);
            await Assert.That(PerfAnalyzer.NumberAfter(output, "Request count")).IsGreaterThan(0).Because(output);
            await Assert.That(PerfAnalyzer.NumberAfter(output, "Successful request count")).IsGreaterThan(0).Because(output);
        }

        await Assert.That((await server.Client.SystemSharedMemoryStatusAsync(new())).Regions).IsEmpty();
    }

    // The signal of such a write ends a process that does not expect it.
    [Test]
    public async Task WriteBehindTheLimitOnFileSizes_CostsItsCallerAnError()
    {
        using SharedObject memory = new();
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", "--allow_shared_memory", SharedObject.Prefix);
        await server.Client.SystemSharedMemoryRegisterAsync(new() { Name = "r", Key = memory.Key, ByteSize = 4096 });
        using (Process limit = Process.Start("prlimit", ["--pid", $"{server.Process.Id}", "--fsize=1024"]))
        {
            await limit.WaitForExitAsync();
            await Assert.That(limit.ExitCode).IsEqualTo(0);
        }

        ModelInferRequest request = Requests.For("dummy").WithRaw("b", "FP32", [1, 10], [0f, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        request.Outputs.Add(new ModelInferRequest.Types.InferRequestedOutputTensor
        {
            Name = "a",
            Parameters =
            {
                ["shared_memory_region"] = new() { StringParam = "r" },
                ["shared_memory_byte_size"] = new() { Int64Param = 40 },
                ["shared_memory_offset"] = new() { Int64Param = 2048 },
            },
        });
        RpcException? refused = await Assert.That(async () => await server.Client.ModelInferAsync(request)).Throws<RpcException>();
        await Assert.That(refused!.StatusCode).IsEqualTo(StatusCode.ResourceExhausted);
        request.Outputs[0].Parameters["shared_memory_offset"].Int64Param = 256;
        await server.Client.ModelInferAsync(request);
        await Assert.That(memory.Read<float>(256, 3).SequenceEqual([1f, 2f, 3f])).IsTrue();
    }

    [Test]
    public async Task Start_TellsWhatCallersMayDo() => await s_server.Process.WaitForLineAsync(
        static line => line.Contains("allow_shared_memory: every caller may", StringComparison.Ordinal) && line.Contains("/ovms_e2e_", StringComparison.Ordinal));
}
