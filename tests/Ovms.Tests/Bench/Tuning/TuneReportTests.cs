using System.Text.Json;
using Ovms.Bench.Tuning;
using Ovms.Configuration;
using Ovms.Options;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Bench.Tuning;

public sealed class TuneReportTests
{
    private static readonly Arrangement s_best = new("THROUGHPUT", 4, 8, 1);

    [Test]
    public async Task Table_HasEveryNumberOfCallers_TheVerdict_AndWhatIsMissing()
    {
        string text = Report(0).ToTable();
        await Assert.That(text).Contains("THROUGHPUT, 4 streams, nireq 8, batch size 1        1");
        await Assert.That(text).Contains("serves this load best, with 2.00 times the calls of \"default, adaptive\"");
        await Assert.That(text).Contains("Calls of another batch size than 1 are then rejected");
        await Assert.That(text).Contains("Not measured, because the time was over: LATENCY\n");
        await Assert.That(text).Contains("Not measured, because NUM_STREAMS is unknown: THROUGHPUT, 9 streams\n");
        await Assert.That(text).Contains("\"base_path\": \"/srv/m\"");
    }

    [Test]
    public async Task Json_HasTheSame()
    {
        using JsonDocument json = JsonDocument.Parse(Report(0).ToJson());
        JsonElement root = json.RootElement;
        await Assert.That(root.GetProperty("best").GetProperty("settings").GetString()).IsEqualTo(s_best.Text);
        await Assert.That(root.GetProperty("best").GetProperty("entry").GetProperty("config").GetProperty("nireq").GetInt32()).IsEqualTo(8);
        await Assert.That(root.GetProperty("not_measured").GetArrayLength()).IsEqualTo(2);
        JsonElement row = root.GetProperty("rows")[1];
        await Assert.That(row.GetProperty("concurrency").GetInt32()).IsEqualTo(2);
        await Assert.That(row.GetProperty("calls_per_second").GetDouble()).IsEqualTo(400);
        await Assert.That(row.GetProperty("holds_latency").GetBoolean()).IsTrue();
    }

    [Test]
    public async Task NoneWithinTheLatency_IsSaidWithTheNearest()
    {
        TuneReport report = Report(1);
        await Assert.That(report.Best).IsNull();
        string text = report.ToTable();
        await Assert.That(text).Contains("no settings hold a p99 of 1 ms with every number of callers. The nearest are \"default, adaptive\" with 2.0");
        await Assert.That(text).DoesNotContain("config.json");
        using JsonDocument json = JsonDocument.Parse(report.ToJson());
        await Assert.That(json.RootElement.GetProperty("best").ValueKind).IsEqualTo(JsonValueKind.Null);
    }

    [Test]
    public async Task Entry_KeepsWhatWasGiven_AndIsReadAsItIsMeant()
    {
        string[] given =
        [
            "tune", "--model_path", "/srv/m", "--model_name", "m", "--target_device", "CPU", "--layout", "NCHW",
            "--plugin_config", """{"PERF_COUNT": "NO"}""",
        ];
        CommandLine.Tune tune = (CommandLine.Tune)CommandLine.Parse(given, HostFacts.Current, "1", static () => "2");
        string entry = new ConfigEntry(tune.Model, tune.Texts).Text(s_best);
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder["config.json"], $$"""{"model_config_list": [{{entry}}]}""");
        ModelOptions model = new ConfigFile(folder["config.json"], static _ => null).Read().Value!.Models.Single();
        await Assert.That(model.ModelName).IsEqualTo("m");
        await Assert.That(model.ModelPath).IsEqualTo("/srv/m");
        await Assert.That(model.Layout).IsEqualTo("NCHW");
        await Assert.That(model.Nireq).IsEqualTo(8u);
        await Assert.That(model.BatchSize).IsEqualTo("1");
        using JsonDocument plugin = JsonDocument.Parse(model.PluginConfig);
        await Assert.That(string.Join(' ', plugin.RootElement.EnumerateObject().Select(static property => $"{property.Name}={property.Value}")))
            .IsEqualTo("PERF_COUNT=NO PERFORMANCE_HINT=THROUGHPUT NUM_STREAMS=4");
    }

    [Test]
    public async Task EntryOfTheDefault_SetsNothing()
    {
        ConfigEntry entry = new(new ModelOptions { ModelName = "m", ModelPath = "s3://b/m" }, new Dictionary<string, string>());
        using JsonDocument json = JsonDocument.Parse(entry.Text(new Arrangement { IsAdaptive = true }));
        await Assert.That(json.RootElement.GetProperty("config").EnumerateObject().Select(static property => $"{property.Name}={property.Value}"))
            .IsEquivalentTo(["name=m", "base_path=s3://b/m"]);
        using JsonDocument fixedForm = JsonDocument.Parse(entry.Text(new Arrangement(BatchSize: 1)));
        await Assert.That(fixedForm.RootElement.GetProperty("config").GetProperty("adaptive").GetString()).IsEqualTo("off");
    }

    private static TuneReport Report(uint latencyMs)
    {
        TuneResult failed = new(new Arrangement("THROUGHPUT", 9));
        failed.Add(new TuneTurn(TimeSpan.Zero, [], "starting\nNUM_STREAMS is unknown\n"));
        return new TuneReport(
            "/srv/m", "CPU", "x FP32 (1)", "versions", 2, latencyMs,
            [
                Simulated.Result(new Arrangement { IsAdaptive = true }, 2, 100, 200), Simulated.Result(s_best, 3, 200, 400),
                new TuneResult(new Arrangement("LATENCY")), failed,
            ],
            new ConfigEntry(new ModelOptions { ModelName = "m", ModelPath = "/srv/m" }, new Dictionary<string, string>()));
    }
}
