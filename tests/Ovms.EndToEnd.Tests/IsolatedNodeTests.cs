using System.Diagnostics;
using System.Globalization;
using Grpc.Core;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>Custom node libraries in processes of their own, in the published binary: what ends when one crashes or hangs, and that none stays.</summary>
public sealed class IsolatedNodeTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Before(Test)]
    public void RequireLinux()
    {
        if (Wine.IsTested || !OperatingSystem.IsLinux())
        {
            Skip.Test("--isolate_custom_nodes is for Linux");
        }
    }

    [Test]
    [Arguments("segfault", "signal 11 (SIGSEGV)")]
    [Arguments("abort", "signal 6 (SIGABRT)")]
    [Arguments("exit", "exit code 0")]
    public async Task Crash_EndsItsCall_AndTheServerGoesOn(string fault, string end)
    {
        using ConfigFolder folder = Folder(("crashes", fault), ("plain", "none"));
        await using OvmsServer server = await StartAsync(folder);
        await Assert.That(await ComputeAsync(server, "crashes", 1)).IsEqualTo(2f);
        FloatCallException crash = await server.RefusalAsync(CallWay.KServeGrpc, "crashes", ("x", [1, 3], [-1, 2, 3]));
        await Assert.That(crash.Status).IsEqualTo("Internal");
        await Assert.That(crash.Text).StartsWith($"Custom node failed during execution - Pipeline crashes, node s: the library misbehave ended with {end}");
        await server.Process.WaitForLineAsync(line => line.Contains($"The library misbehave: about to {fault}", StringComparison.Ordinal));
        await server.Process.WaitForLineAsync(line => line.Contains($"The library misbehave ended with {end}", StringComparison.Ordinal) && line.Contains("It is started again after 0.1 s", StringComparison.Ordinal));

        // Both nodes are in the new process, and calls meanwhile are told why they wait.
        await Assert.That(await EventuallyAsync(server, "crashes")).IsEqualTo(2f);
        await Assert.That(await EventuallyAsync(server, "plain")).IsEqualTo(2f);
        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
    }

    [Test]
    public async Task Hang_EndsTheCallAtItsDeadline_AndTheProcessAtTheLimit()
    {
        using ConfigFolder folder = Folder(("hangs", "wait"));
        await using OvmsServer server = await StartAsync(folder, "--custom_node_hang_limit", "2");
        for (int i = 0; i < 2; i++)
        {
            RpcException late = await Fault.OfAsync(async () =>
                await server.Client.ModelInferAsync(Requests.For("hangs").WithRaw("x", "FP32", [1, 3], -1f, 2f, 3f), deadline: DateTime.UtcNow.AddSeconds(1)));
            await Assert.That(late.StatusCode).IsEqualTo(StatusCode.DeadlineExceeded);
        }

        await server.Process.WaitForLineAsync(static line => line.Contains("was ended: 2 calls had not returned after their callers gave up", StringComparison.Ordinal));
        await Assert.That(await EventuallyAsync(server, "hangs")).IsEqualTo(2f);
    }

    [Test]
    public async Task Process_HasNothingOfTheServer_AndEndsWithIt()
    {
        using ConfigFolder folder = Folder(("process", "process"), ("sockets", "sockets"));
        await using OvmsServer server = await StartAsync(folder);
        await Assert.That(await ComputeAsync(server, "sockets", 1)).IsEqualTo(0f);
        int process = (int)await ComputeAsync(server, "process", 1);
        await Assert.That(Runs(process)).IsTrue();

        // Service managers send it to all processes of the server.
        OvmsProcess.TrySignal(process, System.Runtime.InteropServices.PosixSignal.SIGTERM);
        await Assert.That(await ComputeAsync(server, "process", 1)).IsEqualTo((float)process);
        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
        await Assert.That(Runs(process)).IsFalse();
    }

    [Test]
    public async Task Process_EndsWithAServerThatIsKilled()
    {
        using ConfigFolder folder = Folder(("process", "process"));
        await using OvmsServer server = await StartAsync(folder);
        int process = (int)await ComputeAsync(server, "process", 1);
        server.Process.Break();
        await WaitForEndAsync(process);
    }

    [Test]
    public async Task ReplacedLibrary_GetsANewProcess_AndTheOldOneEnds()
    {
        using ConfigFolder folder = Folder(("process", "process"));
        await using OvmsServer server = await StartAsync(folder, "--file_system_poll_wait_seconds", "0");
        int old = (int)await ComputeAsync(server, "process", 1);
        string library = Path.Combine(folder.Path, "libmisbehave.so");
        File.Copy(library, library + ".new");
        File.AppendAllText(library + ".new", "other");
        File.Move(library + ".new", library, overwrite: true);
        using HttpResponseMessage reloaded = await server.Http.PostAsync("/v1/config/reload", null);
        await Assert.That(reloaded.IsSuccessStatusCode).IsTrue();
        await Assert.That((int)await ComputeAsync(server, "process", 1)).IsNotEqualTo(old);
        await WaitForEndAsync(old);

        // Without its pipeline the library needs no process.
        int young = (int)await ComputeAsync(server, "process", 1);
        folder.Write("config.json", """{"model_config_list": []}""");
        using HttpResponseMessage emptied = await server.Http.PostAsync("/v1/config/reload", null);
        await WaitForEndAsync(young);
    }

    private static Task<OvmsServer> StartAsync(ConfigFolder folder, params string[] more) =>
        folder.StartAsync("Ready after", ["--isolate_custom_nodes", .. more]);

    private static ConfigFolder Folder(params (string Name, string Fault)[] pipelines)
    {
        string listed = string.Join(',', pipelines.Select(static one => $$$"""
            {"name": "{{{one.Name}}}", "inputs": ["x"], "nodes": [
                {"name": "s", "type": "custom", "library_name": "misbehave", "params": {"fault": "{{{one.Fault}}}"}, "inputs": [{"in": {"node_name": "request", "data_item": "x"}}], "outputs": [{"data_item": "out", "alias": "y"}]}],
                "outputs": [{"out": {"node_name": "s", "data_item": "y"}}]}
            """));
        ConfigFolder folder = new(
            $$"""{"model_config_list": [], "custom_node_library_config_list": [{"name": "misbehave", "base_path": "libmisbehave.so"}], "pipeline_config_list": [{{listed}}]}""");
        CustomNode.Compile("misbehave", folder.Path);
        return folder;
    }

    private static async Task<float> ComputeAsync(OvmsServer server, string pipeline, float first) =>
        (await server.CallAsync(CallWay.KServeGrpc, pipeline, ("x", [1, 3], [first, 2, 3]))).Values[0];

    // While the process is started again, calls are refused with the reason.
    private static async Task<float> EventuallyAsync(OvmsServer server, string pipeline)
    {
        long begun = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return await ComputeAsync(server, pipeline, 1);
            }
            catch (FloatCallException refused) when (Stopwatch.GetElapsedTime(begun) < s_patience)
            {
                await Assert.That(refused.Status).IsEqualTo("Unavailable");
                await Assert.That(refused.Text).Contains("Custom node library is started again").And.Contains("The library misbehave");
                await Task.Delay(10);
            }
        }
    }

    private static async Task WaitForEndAsync(int process)
    {
        long begun = Stopwatch.GetTimestamp();
        while (Runs(process) && Stopwatch.GetElapsedTime(begun) < s_patience)
        {
            await Task.Delay(10);
        }

        await Assert.That(Runs(process)).IsFalse();
    }

    // One that has ended and waits for its parent to notice does not run.
    private static bool Runs(int process)
    {
        try
        {
            string[] state = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat")).Split(") ");
            return state[^1][0] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }
}
