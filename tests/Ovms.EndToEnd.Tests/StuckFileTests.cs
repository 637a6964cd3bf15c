using System.Net;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>
/// Files that are none and loads that do not end: they stop themselves and nothing else. Where a stop or another load waited for them,
/// these tests would run into their patience.
/// </summary>
public sealed class StuckFileTests
{
    // Longer than any test is patient.
    private const string LongDrain = "86400";

    [Test]
    public async Task PipesAsModelFiles_FailTheirModelsAndHoldUpNothing()
    {
        await using LivingRepository repository = new();
        repository.Put("m", 1, adds: 1);
        string[] stuck = ["a0", "a1", "a2", "a3"];
        foreach (string model in stuck)
        {
            repository.Put(model, 1, adds: 1);
            File.Delete(repository[$"{model}/1/versions.xml"]);
            PipeModel.MakePipe(repository[$"{model}/1/versions.xml"]);
        }

        repository.Configure([.. stuck, "m"]);
        await repository.StartAsync("--drain_timeout_seconds", LongDrain);
        await Assert.That(await repository.AddsAsync("m")).IsEqualTo(1f);
        await Assert.That((await repository.StatusAsync()).Error!).Contains("is a named pipe; expected a regular file");

        repository.Put("n", 1, adds: 2);
        repository.Configure([.. stuck, "m", "n"]);
        await repository.UntilAsync("n", "1 AVAILABLE");
        await Assert.That(await repository.Process.StopAsync()).IsEqualTo(0).Because(repository.Process.Output);
    }

    [Test]
    public async Task LoadsThatDoNotEnd_HoldUpNoOtherModelNoReloadAndNoStop()
    {
        await using LivingRepository repository = new();

        // What does not end adds 1; a model of the same graph would wait for the same entry of the cache.
        repository.Put("m", 1, adds: 2);
        string[] stuck = ["a0", "a1", "a2", "a3"];
        await PipeModel.PutAsync(repository["cache"], [.. stuck.Select(model => repository[model])]);
        repository.Configure([.. stuck, "m"]);
        await repository.StartUntilAsync("Version 1 of model m status change. New status: ( \"state\": \"AVAILABLE\"", "--drain_timeout_seconds", LongDrain, "--cache_dir", repository["cache"]);
        await Assert.That(await repository.AddsAsync("m")).IsEqualTo(2f);

        // Following goes on, by the poll and when asked.
        repository.Put("m", 2, adds: 3);
        await repository.UntilAsync("m", "1 END, 2 AVAILABLE");
        repository.Put("n", 1, adds: 3);
        repository.Configure([.. stuck, "m", "n"]);
        (HttpStatusCode code, string body, _) = await repository.ReloadAsync();
        await Assert.That(code is HttpStatusCode.Created or HttpStatusCode.OK).IsTrue().Because(body);
        await Assert.That(await repository.AddsAsync("n")).IsEqualTo(3f);
        await Assert.That(await repository.StatesAsync("a0")).IsEqualTo("1 LOADING");

        await Assert.That(await repository.Process.StopAsync()).IsEqualTo(0).Because(repository.Process.Output);
        await Assert.That(repository.Process.Output).Contains("still loading were left unfinished").And.Contains("Stopped");
        await Assert.That(repository.Process.Errors).IsEmpty();
    }

    [Test]
    public async Task LoadBeyondItsTime_FailsWithAReasonIsCountedAndHoldsUpNoStop()
    {
        await using LivingRepository repository = new();
        await PipeModel.PutAsync(repository["cache"], repository["stuck"]);
        repository.Put("m", 1, adds: 2);
        repository.Configure("stuck, \"load_timeout_seconds\": 2", "m");
        await repository.StartAsync("--drain_timeout_seconds", LongDrain, "--metrics_enable", "--cache_dir", repository["cache"]);
        await Assert.That((await repository.StatusAsync()).Error!).Contains("was not loaded within 2 s (load_timeout_seconds)");
        string metrics = await repository.Http.GetStringAsync("/metrics");
        await Assert.That(metrics).Contains("\novms_loads_left_behind 1\n");
        await Assert.That(await repository.AddsAsync("m")).IsEqualTo(2f);
        await Assert.That(await repository.Process.StopAsync()).IsEqualTo(0).Because(repository.Process.Output);
        await Assert.That(repository.Process.Errors).IsEmpty();
    }

    [Test]
    public async Task SingleModelBeyondItsTime_EndsWithOneAndTheReason()
    {
        using PipeModel model = await PipeModel.MakeAsync();
        (int code, string output, string errors) = await OvmsProcess.RunAsync(
            ["--model_path", model.Path, "--model_name", "m", "--rest_port", $"{FreePort.Next()}", "--load_timeout_seconds", "1", "--drain_timeout_seconds", LongDrain, .. model.Arguments]);
        await Assert.That(code).IsEqualTo(1).Because(output + errors);
        await Assert.That(output).Contains("was not loaded within 1 s (load_timeout_seconds)");
        await Assert.That(errors).IsEmpty();
    }

    [Test]
    public async Task PipeAsConfiguration_EndsTheStartAndLeavesAReloadWithTheLastOne()
    {
        await using LivingRepository repository = new();
        string config = repository["config.json"];
        PipeModel.MakePipe(config);
        (int code, string output, string errors) = await OvmsProcess.RunAsync(["--config_path", config, "--rest_port", $"{FreePort.Next()}"]);
        await Assert.That(code).IsEqualTo(1).Because(output + errors);
        await Assert.That(output).Contains($"{config} is a named pipe; expected a regular file");

        repository.Put("m", 1, adds: 1);
        repository.Configure("m");
        await repository.StartAsync("--drain_timeout_seconds", LongDrain);
        File.Delete(config);
        PipeModel.MakePipe(config);
        await repository.Process.WaitForLineAsync(static line => line.Contains("The configuration is invalid", StringComparison.Ordinal) && line.Contains("is a named pipe", StringComparison.Ordinal));
        await Assert.That(await repository.AddsAsync("m")).IsEqualTo(1f);
        await Assert.That(await repository.Process.StopAsync()).IsEqualTo(0).Because(repository.Process.Output);
    }
}
