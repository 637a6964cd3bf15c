using System.Net;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>Models leave a GPU that fails: nothing on it is freed before it computes again, and models on other devices serve on.</summary>
internal sealed class GpuFaultUnloadTests
{
    /// <summary>Every way to use a GPU; each holds a compiled model on it.</summary>
    private static readonly (string Name, string Settings)[] s_models =
    [
        ("gpu", "\"target_device\": \"GPU\""),
        ("auto", "\"target_device\": \"AUTO:GPU,CPU\""),
        ("free", "\"target_device\": \"AUTO\""),
        ("multi", "\"target_device\": \"MULTI:GPU,CPU\""),
        ("hetero", "\"target_device\": \"HETERO:GPU,CPU\""),
        ("batch", """
            "target_device": "BATCH:GPU(4)", "plugin_config": {"AUTO_BATCH_TIMEOUT": 20}
            """),
    ];

    public static IEnumerable<string> Faults() =>
        ["enqueue_error=CL_OUT_OF_RESOURCES", "wait_error=CL_OUT_OF_RESOURCES", "copy_error=CL_INVALID_COMMAND_QUEUE", "lost=1"];

    [Test]
    [MethodDataSource(nameof(Faults))]
    public async Task ModelsThatAreRemoved_AreFreedWhenTheGpuComputesAgain(string fault)
    {
        using Gpu gpu = new();
        await using LivingRepository repository = await StartAsync(gpu);
        gpu.Set(fault);
        await CallAllAsync(repository);
        repository.Configure("m");
        await Assert.That((await repository.ReloadAsync()).Code).IsEqualTo(HttpStatusCode.Created);
        await repository.Client.CheckDummyAsync("m");
        await Assert.That(await LeftBehindAsync(repository)).IsEqualTo(s_models.Length);
        gpu.Set();
        await repository.Process.WaitForLineAsync(static line => line.Contains("GPU.0 computes again", StringComparison.Ordinal));
        await UntilAsync(async () => await LeftBehindAsync(repository) == 0);
        await repository.Client.CheckDummyAsync("m");
        await Assert.That(await repository.Process.StopAsync()).IsEqualTo(0);
    }

    [Test]
    [MethodDataSource(nameof(Faults))]
    public async Task EditToCpu_RescuesModels(string fault)
    {
        using Gpu gpu = new();
        await using LivingRepository repository = await StartAsync(gpu);
        gpu.Set(fault);
        await CallAllAsync(repository);
        repository.Configure(["m", .. s_models.Select(static model => $"{model.Name}, \"target_device\": \"CPU\"")]);
        (HttpStatusCode code, string body, string? error) = await repository.ReloadAsync();
        await Assert.That(code).IsEqualTo(HttpStatusCode.Created).Because($"{body} {error}");
        foreach ((string name, _) in s_models)
        {
            await repository.Client.CheckDummyAsync(name);
        }

        await Assert.That(await repository.Process.StopAsync()).IsEqualTo(0);
    }

    [Test]
    [MethodDataSource(nameof(Faults))]
    public async Task Stop_EndsInOrder(string fault)
    {
        using Gpu gpu = new();
        await using LivingRepository repository = await StartAsync(gpu);
        gpu.Set(fault);
        await CallAllAsync(repository);
        await Assert.That(await repository.Process.StopAsync()).IsEqualTo(0);
        await Assert.That(repository.Process.Output).Contains("Stopped");
    }

    [Test]
    public async Task GpuThatHangs_KeepsNoModelOfTheCpuAndNoStop()
    {
        using Gpu gpu = new();
        await using LivingRepository repository = await StartAsync(gpu);
        gpu.Set("wait_delay_ms=600000");
        repository.Configure("m");
        await Assert.That((await repository.ReloadAsync()).Code).IsEqualTo(HttpStatusCode.Created);
        await repository.Client.CheckDummyAsync("m");
        await Assert.That(await LeftBehindAsync(repository)).IsEqualTo(s_models.Length);
        await repository.Process.WaitForLineAsync(static line => line.Contains("no answer within 10 s", StringComparison.Ordinal));
        await Assert.That(await repository.Process.StopAsync()).IsEqualTo(0);
    }

    // A call that hangs holds its model, which cannot even be asked to be freed.
    [Test]
    public async Task ModelThatIsUnloadedDuringACallThatHangs_CountsAsLeftBehind()
    {
        using Gpu gpu = new();
        await using LivingRepository repository = new() { Environment = gpu.Variables };
        repository.Put("m", 1, adds: 1);
        repository.Put("gpu", 1, adds: 1);
        repository.Configure("m", "gpu, \"target_device\": \"GPU\"");
        await repository.StartAsync("--file_system_poll_wait_seconds", "0", "--metrics_enable", "--drain_timeout_seconds", "1");
        gpu.Set("wait_delay_ms=600000");
        ulong starts = gpu.Starts(0);
        Task hanging = repository.Client.CheckDummyAsync("gpu");
        await UntilAsync(() => Task.FromResult(gpu.Starts(0) > starts));
        repository.Configure("m");
        await repository.ReloadAsync();
        await repository.Process.WaitForLineAsync(
            static line => line.Contains("Model gpu; version: 1; inferences on GPU without an answer for 10 s: 1", StringComparison.Ordinal));
        string line = await repository.Process.WaitForLineAsync(
            static line => line.Contains("Model gpu; version: 1 was unloaded but is not freed", StringComparison.Ordinal));
        await Assert.That(line).Contains("because of GPU.0: no answer within 10 s");
        await Assert.That(await LeftBehindAsync(repository)).IsEqualTo(1);
        gpu.Set();
        await hanging;
        await UntilAsync(async () => await LeftBehindAsync(repository) == 0);
        await repository.UntilAsync("gpu", "1 END");
        await Assert.That(await repository.Process.StopAsync()).IsEqualTo(0);
    }

    [Test]
    public async Task TooManyLeftBehind_RefuseLoadsUntilTheGpuComputesAgain()
    {
        using Gpu gpu = new();
        await using LivingRepository repository = new() { Environment = gpu.Variables };
        string[] models = [.. Enumerable.Range(0, 8).Select(static number => $"g{number}")];
        foreach (string model in (string[])["m", "late", "auto", .. models])
        {
            repository.Put(model, 1, adds: 1);
        }

        repository.Configure(["m", .. models.Select(static model => $"{model}, \"target_device\": \"GPU\"")]);
        await repository.StartAsync("--file_system_poll_wait_seconds", "0", "--metrics_enable");
        gpu.Set("enqueue_error=CL_OUT_OF_RESOURCES");
        repository.Configure("m");
        await repository.ReloadAsync();
        await Assert.That(await LeftBehindAsync(repository)).IsEqualTo(8);

        // The layer lets a compilation succeed: what refuses is the server.
        repository.Configure("m", "late, \"target_device\": \"GPU\"", "auto, \"target_device\": \"AUTO:GPU,CPU\"");
        (_, string body, string? error) = await repository.ReloadAsync();
        await Assert.That(body + error).Contains("8 compiled models that were unloaded since cannot be freed");
        await repository.Client.CheckDummyAsync("m");
        await repository.Client.CheckDummyAsync("auto");
        await repository.Process.WaitForLineAsync(
            static line => line.Contains("AUTO:GPU,CPU goes on as AUTO:CPU", StringComparison.Ordinal));
        gpu.Set();
        await UntilAsync(async () => await LeftBehindAsync(repository) == 0);
        await repository.ReloadAsync();
        await repository.UntilAsync("late", "1 AVAILABLE");
        await repository.Client.CheckDummyAsync("late");
        await Assert.That(await repository.Process.StopAsync()).IsEqualTo(0);
    }

    private static async Task<LivingRepository> StartAsync(Gpu gpu)
    {
        LivingRepository repository = new() { Environment = gpu.Variables };
        foreach (string model in s_models.Select(static model => model.Name).Prepend("m"))
        {
            repository.Put(model, 1, adds: 1);
        }

        repository.Configure(["m", .. s_models.Select(static model => $"{model.Name}, {model.Settings}")]);
        await repository.StartAsync("--file_system_poll_wait_seconds", "0", "--metrics_enable");

        // AUTO has gone over to the GPU when calls of it reach the GPU.
        foreach ((string name, _) in s_models)
        {
            ulong before = gpu.Starts(0);
            await UntilAsync(async () =>
            {
                await repository.Client.CheckDummyAsync(name);
                return gpu.Starts(0) > before;
            });
        }

        return repository;
    }

    // Some answer from the CPU, the others fail.
    private static async Task CallAllAsync(LivingRepository repository)
    {
        foreach ((string name, _) in s_models)
        {
            try
            {
                await repository.Client.CheckDummyAsync(name);
            }
            catch (Grpc.Core.RpcException failure)
            {
                await Assert.That(failure.StatusCode).IsEqualTo(Grpc.Core.StatusCode.Unavailable).Because(failure.Status.Detail);
            }
        }
    }

    private static async Task<int> LeftBehindAsync(LivingRepository repository)
    {
        const string Series = "ovms_models_left_behind{device=\"GPU.0\"} ";
        string metrics = await repository.Http.GetStringAsync("/metrics");
        return int.Parse(metrics.Split('\n').Single(static line => line.StartsWith(Series, StringComparison.Ordinal))[Series.Length..]);
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using CancellationTokenSource patience = new(OvmsProcess.Patience);
        while (!await isSo())
        {
            patience.Token.ThrowIfCancellationRequested();
        }
    }
}
