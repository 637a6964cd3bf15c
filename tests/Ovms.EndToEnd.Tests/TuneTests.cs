using System.Runtime.InteropServices;
using System.Text.Json;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary><c>ovms tune</c> on the binary, with budgets that are far too short for good figures.</summary>
public sealed class TuneTests
{
    [Test]
    [NotInParallel]
    [Arguments("dummy", "1,4")]
    [Arguments("squeezenet", "2")]
    public async Task BestSettings_ArePrinted_AsAnEntryThatCanBeServed(string model, string concurrency)
    {
        string name = NewName();
        (int code, string output, string errors) = await OvmsProcess.RunAsync(
            ["tune", "--model_path", Repo.Model(model), "--model_name", name, "--concurrency", concurrency, "--budget_seconds", "20", "--json"]);
        await Assert.That(code).IsEqualTo(0).Because(errors);
        await Assert.That(errors).DoesNotContain("measured ").Because("progress is for terminals");
        using JsonDocument report = JsonDocument.Parse(output);
        JsonElement root = report.RootElement;
        string best = root.GetProperty("best").GetProperty("settings").GetString()!;
        string[] rows = [.. root.GetProperty("rows").EnumerateArray().Select(static row => row.GetProperty("settings").GetString()!)];
        await Assert.That(rows).Contains("default, adaptive");
        await Assert.That(rows.Count(row => row == best)).IsEqualTo(concurrency.Split(',').Length);
        await Assert.That(root.GetProperty("verdict").GetString()).Contains(best);

        string[] tried = [.. rows.Distinct(), .. root.GetProperty("not_measured").EnumerateArray().Select(static one => one.GetProperty("settings").GetString()!)];
        await Assert.That(tried).Contains("LATENCY").And.HasDistinctItems();
        await Assert.That(ServersOf(name)).IsEmpty();

        using ConfigFolder config = new($$"""{"model_config_list": [{{root.GetProperty("best").GetProperty("entry").GetRawText()}}]}""");
        (int checkedWith, string findings, string faults) = await OvmsProcess.RunAsync(["check", "--config_path", config.File]);
        await Assert.That(checkedWith).IsEqualTo(0).Because(findings + faults);
    }

    [Test]
    [NotInParallel]
    public async Task LatencyThatNothingHolds_IsSaidWithTheNearest()
    {
        (int code, string output, _) = await OvmsProcess.RunAsync(
            ["tune", "--model_path", Repo.Model("squeezenet"), "--concurrency", "16", "--latency_ms", "1", "--budget_seconds", "15"]);
        await Assert.That(code).IsEqualTo(1);
        await Assert.That(output).Contains("no settings hold a p99 of 1 ms with every number of callers. The nearest are");
        await Assert.That(output).DoesNotContain("model_config_list");
    }

    [Test]
    [Arguments(PosixSignal.SIGINT)]
    [Arguments(PosixSignal.SIGHUP)]
    public async Task Interrupt_EndsTheServers_AndPrintsWhatWasMeasured(PosixSignal signal)
    {
        Skip.Unless(OperatingSystem.IsLinux() && !Wine.IsTested, "The servers are found in /proc.");
        string name = NewName();
        await using OvmsProcess tune = OvmsProcess.Start(
            ["tune", "--model_path", Repo.Model("dummy"), "--model_name", name, "--concurrency", "1", "--budget_seconds", "3600"]);

        // The second server starts when the first arrangement has been measured.
        HashSet<int> seen = [];
        while (seen.Count < 2 && !tune.HasExited)
        {
            seen.UnionWith(ServersOf(name).Where(id => id != tune.Id));
            await Task.Delay(20);
        }

        tune.Signal(signal);
        await Assert.That(await tune.WaitForExitAsync()).IsEqualTo(1);
        await Assert.That(tune.Output).Contains("Stopped before the search was over");
        await Assert.That(tune.Output).Contains("default, adaptive");
        await Assert.That(ServersOf(name)).IsEmpty();
    }

    [Test]
    [Arguments("/nowhere/at/all", "The provided base path is invalid or doesn't exists")]
    [Arguments("dummy --plugin_config {\"NUM_STREAMS\":\"many\"}", "NUM_STREAMS")]
    [Arguments("language", "language model")]
    public async Task ModelThatCannotBeTuned_IsSaidWhy(string model, string reason)
    {
        string[] parts = model.Split(' ');
        string path = parts[0] switch { "dummy" => Repo.Model("dummy"), "language" => LanguageServer.SmallFolder, _ => parts[0] };
        (int code, string output, string errors) = await OvmsProcess.RunAsync(["tune", "--model_path", path, .. parts[1..], "--budget_seconds", "30"]);
        await Assert.That(code).IsEqualTo(1);
        await Assert.That(output).IsEqualTo("");
        await Assert.That(errors).Contains(reason);
    }

    private static string NewName() => $"tune-{Guid.NewGuid():N}";

    private static int[] ServersOf(string name) =>
    [
        .. (OperatingSystem.IsLinux() ? Directory.GetDirectories("/proc") : []).Where(folder => IsOf(folder, name))
            .Select(static folder => int.Parse(Path.GetFileName(folder))),
    ];

    private static bool IsOf(string folder, string name)
    {
        try
        {
            return int.TryParse(Path.GetFileName(folder), out _)
                && File.ReadAllText(Path.Combine(folder, "cmdline")).Contains(name, StringComparison.Ordinal);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
