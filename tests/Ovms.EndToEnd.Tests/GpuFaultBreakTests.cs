using System.Net;
using System.Text.RegularExpressions;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>
/// A GPU fails within a step after which OpenVINO's plugin throws in a destructor, which ends a C++ process. The server loses a thread:
/// models on the CPU answer, others can be loaded, it stops in order, and a GPU that is well again is used again.
/// </summary>
internal sealed partial class GpuFaultBreakTests
{
    private const string TwoStreams = "\"target_device\": \"GPU\", \"plugin_config\": {\"NUM_STREAMS\": \"2\"}";

    [Test]
    [Arguments(2)]
    [Arguments(3)]
    public async Task CompilationThatBreaksAtTheStart(int waits)
    {
        using Gpu gpu = new();
        await using LivingRepository repository = Repository(gpu, "m", "g", "later");
        gpu.Set(Breaks(waits));
        repository.Configure("m", $"g, {TwoStreams}");
        await repository.StartUntilAsync(
            "m status change. New status: ( \"state\": \"AVAILABLE\"",
            "--file_system_poll_wait_seconds", "0", "--ready_when", "any", "--metrics_enable");
        await repository.Process.WaitForLineAsync(static line => line.Contains("Model g; version: 1 cannot be served", StringComparison.Ordinal));
        await CheckAliveAsync(repository, gpu, "m");
    }

    [Test]
    [Arguments(2)]
    [Arguments(3)]
    public async Task CompilationThatBreaksAtAReload(int waits)
    {
        using Gpu gpu = new();
        await using LivingRepository repository = Repository(gpu, "m", "g", "later");
        repository.Configure("m");
        await repository.StartAsync("--file_system_poll_wait_seconds", "0", "--metrics_enable");
        gpu.Set(Breaks(waits));
        repository.Configure("m", $"g, {TwoStreams}");
        await repository.ReloadAsync();
        await CheckAliveAsync(repository, gpu, "m");
    }

    [Test]
    [Arguments(2)]
    [Arguments(3)]
    public async Task CompilationThatBreaksInACallOfAnotherShape(int waits)
    {
        using Gpu gpu = new();
        await using LivingRepository repository = Repository(gpu, "m", "g", "later");
        repository.Configure("m", $"g, \"shape\": \"auto\", {TwoStreams}");
        await repository.StartAsync("--file_system_poll_wait_seconds", "0", "--metrics_enable");
        gpu.Set(Breaks(waits));
        using StringContent three = new($$"""{"inputs": [{"name": "b", "shape": [3, 10], "datatype": "FP32", "data": [{{string.Join(',', new int[30])}}]}]}""");
        using HttpResponseMessage answer = await repository.Http.PostAsync("/v2/models/g/infer", three);
        await Assert.That(answer.StatusCode).IsEqualTo(HttpStatusCode.ServiceUnavailable);
        await CheckAliveAsync(repository, gpu, "m");
    }

    [Test]
    [Arguments("GPU", 6)]
    [Arguments("GPU", 7)]
    [Arguments("MULTI:GPU,CPU", 6)]
    [Arguments("HETERO:GPU,CPU", 7)]
    public async Task RemovedModelWhoseGpuBreaksBetweenQuestionAndFree(string device, int waits)
    {
        using Gpu gpu = new();
        await using LivingRepository repository = Repository(gpu, "m", "g", "later");
        repository.Configure("m", $"g, \"target_device\": \"{device}\"");
        await repository.StartAsync("--file_system_poll_wait_seconds", "0", "--metrics_enable");
        await repository.Client.CheckDummyAsync("g");
        gpu.Set(Breaks(waits));
        repository.Configure("m");
        await Assert.That((await repository.ReloadAsync()).Code).IsEqualTo(HttpStatusCode.Created);
        await CheckAliveAsync(repository, gpu, "m");
    }

    [Test]
    [Arguments(6)]
    [Arguments(10)]
    [Arguments(16)]
    public async Task GpuThatIsWellForAMomentOnly_CostsOneModelAtMost(int waits)
    {
        using Gpu gpu = new();
        string[] models = [.. Enumerable.Range(0, 6).Select(static number => $"g{number}")];
        await using LivingRepository repository = Repository(gpu, ["m", "g", "later", .. models]);
        repository.Configure(["m", .. models.Select(static model => $"{model}, \"target_device\": \"GPU\"")]);
        await repository.StartAsync("--file_system_poll_wait_seconds", "0", "--metrics_enable");
        gpu.Set("enqueue_error=CL_OUT_OF_RESOURCES");
        repository.Configure("m");
        await repository.ReloadAsync();
        gpu.Set(Breaks(waits));

        // The attempt to free them begins with a question that succeeds; some are freed, or a call breaks, and the others stay.
        await repository.Process.WaitForLineAsync(static line =>
            line.Contains("GPU.0 computes again; models left behind on it that were freed: ", StringComparison.Ordinal)
                || line.Contains("Calls lost", StringComparison.Ordinal));
        await Assert.That(Lost().Matches(repository.Process.Output).Count).IsLessThanOrEqualTo(1);
        await CheckAliveAsync(repository, gpu, "m");
    }

    private static string[] Breaks(int waits) => ["wait_error=CL_OUT_OF_RESOURCES", $"wait_after={waits}"];

    private static LivingRepository Repository(Gpu gpu, params string[] models)
    {
        LivingRepository repository = new() { Environment = gpu.Variables };
        foreach (string model in models)
        {
            repository.Put(model, 1, adds: 1);
        }

        return repository;
    }

    // The models: m on the CPU is served, "later" and g are not, or not any more.
    private static async Task CheckAliveAsync(LivingRepository repository, Gpu gpu, string served)
    {
        await repository.Client.CheckDummyAsync(served);
        repository.Configure("m", "later");
        await Assert.That((await repository.ReloadAsync()).Code).IsEqualTo(HttpStatusCode.Created);
        await repository.Client.CheckDummyAsync("later");
        gpu.Set();
        repository.Configure("m", "later", $"g, {TwoStreams}");
        await Assert.That((await repository.ReloadAsync()).Code).IsEqualTo(HttpStatusCode.Created).Because(repository.Process.Output);
        await repository.Client.CheckDummyAsync("g");
        await repository.Client.CheckDummyAsync(served);
        await Assert.That(await repository.Process.StopAsync()).IsEqualTo(0);
    }

    [GeneratedRegex("Calls lost so far")]
    private static partial Regex Lost();
}
