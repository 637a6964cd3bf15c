using Ovms.Configuration;
using Ovms.Options;

namespace Ovms.Tests.Configuration;

public sealed class BenchCommandLineTests
{
    private static readonly HostFacts s_host = HostFacts.Current;

    [Test]
    public async Task ModelOptions_GoToTheServer_AndThoseOfTheMeasurementDoNot()
    {
        CommandLine line = Parse("bench", "--model_path", "m", "--concurrency", "1,2", "--json", "--target_device=AUTO:CPU", "--duration=3", "--plugin_config", """{"NUM_STREAMS": "2"}""");
        CommandLine.Bench bench = (CommandLine.Bench)line;
        await Assert.That(string.Join(' ', bench.Passed)).IsEqualTo("""--model_path m --target_device=AUTO:CPU --plugin_config {"NUM_STREAMS": "2"} --model_name model""");
        await Assert.That(bench.Measure.Concurrency).IsEqualTo("1,2");
        await Assert.That(bench.Options.Duration).IsEqualTo(3u);
        await Assert.That(bench.Measure.Json).IsTrue();
        await Assert.That(bench.Model.ModelName).IsEqualTo("model");
    }

    [Test]
    public async Task GivenName_IsKept()
    {
        CommandLine.Bench bench = (CommandLine.Bench)Parse("bench", "--model_name", "n", "--model_path", "m");
        await Assert.That(string.Join(' ', bench.Passed)).IsEqualTo("--model_name n --model_path m");
    }

    [Test]
    public async Task ValueThatLooksLikeAnOptionOfTheMeasurement_IsPassedOn()
    {
        string[] model = ["--model_name", "json", "--model_path", "duration", "--target_device", "CPU", "--layout=--json", "--shape", "-json"];
        CommandLine.Bench bench = (CommandLine.Bench)Parse(["bench", "--json", .. model, "--duration", "3"]);
        await Assert.That(string.Join(' ', bench.Passed)).IsEqualTo(string.Join(' ', model));
    }

    [Test]
    [Arguments("--concurrency 2", "needs --model_path")]
    [Arguments("--model_path m --port 9000", "--port cannot be given to ovms bench")]
    [Arguments("--url grpc://h:1", "--url needs --model_name")]
    [Arguments("--url grpc://h:1 --model_name m --nireq 4", "--nireq has no effect on a running server; it needs --model_path")]
    [Arguments("--model_path m --duration 0", "duration")]
    [Arguments("--model_path m --durations 3", "unmatched arguments: --durations")]
    public async Task MisusedOptions_AreSaid(string arguments, string expected)
    {
        CommandLine.Exit exit = (CommandLine.Exit)Parse(["bench", .. arguments.Split(' ')]);
        await Assert.That(exit.Code).IsEqualTo(ExitCode.Usage(s_host.IsWindows));
        await Assert.That(exit.Error).Contains(expected);
    }

    [Test]
    public async Task RunningServer_NeedsNoPath_AndItsShapeIsTaken()
    {
        CommandLine.Bench bench = (CommandLine.Bench)Parse("bench", "--url", "unix:/run/g", "--model_name", "m", "--shape", "(1,3)");
        await Assert.That(bench.Options.Url).IsEqualTo("unix:/run/g");
        await Assert.That(bench.Model.Shape).IsEqualTo("(1,3)");
        await Assert.That(Parse("bench", "--url", "grpc://h:1", "--model_name", "m", "--model_path", "p", "--nireq", "4")).IsTypeOf<CommandLine.Bench>();
    }

    [Test]
    public async Task Tune_HasTheOptionsOfBench_AndItsOwn()
    {
        CommandLine.Tune tune = (CommandLine.Tune)Parse(
            "tune", "--model_path", "m", "--concurrency", "1,32", "--latency_ms", "20", "--budget_seconds=60", "--json", "--target_device", "CPU");
        await Assert.That(string.Join(' ', tune.Passed)).IsEqualTo("--model_path m --target_device CPU --model_name model");
        await Assert.That(tune.Measure).IsEqualTo(new MeasureOptions { Concurrency = "1,32", Json = true });
        await Assert.That(tune.Options).IsEqualTo(new TuneOptions { LatencyMs = 20, BudgetSeconds = 60 });
        await Assert.That(tune.Texts.Keys).IsEquivalentTo(["model_path", "target_device"]);
    }

    [Test]
    [Arguments("tune --concurrency 2", "needs --model_path")]
    [Arguments("tune --model_path m --rest_port 9000", "--rest_port cannot be given to ovms tune")]
    [Arguments("tune --model_path m --budget_seconds 1", "budget_seconds")]
    [Arguments("tune --model_path m --duration 3", "unmatched arguments: --duration")]
    public async Task MisuseOfTune_IsSaid(string arguments, string expected)
    {
        CommandLine.Exit exit = (CommandLine.Exit)Parse(arguments.Split(' '));
        await Assert.That(exit.Code).IsEqualTo(ExitCode.Usage(s_host.IsWindows));
        await Assert.That(exit.Error).Contains(expected);
    }

    [Test]
    [Arguments("tune")]
    [Arguments("tune --help")]
    [Arguments("bench")]
    [Arguments("bench --help")]
    public async Task WithoutArguments_HelpIsPrinted(string arguments)
    {
        CommandLine.Exit exit = (CommandLine.Exit)Parse(arguments.Split(' '));
        await Assert.That(exit.Code).IsEqualTo(ExitCode.Ok);
        await Assert.That(exit.Output).Contains("--concurrency").And.Contains("--model_path");
    }

    private static CommandLine Parse(params string[] arguments) => CommandLine.Parse(arguments, s_host, "1", static () => "2");
}
