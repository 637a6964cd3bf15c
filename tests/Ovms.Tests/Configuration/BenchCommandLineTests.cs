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
        await Assert.That(bench.Options.Concurrency).IsEqualTo("1,2");
        await Assert.That(bench.Options.Duration).IsEqualTo(3u);
        await Assert.That(bench.Options.Json).IsTrue();
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
    [Arguments("--model_path m --port 9000", "--port cannot be given")]
    [Arguments("--model_path m --duration 0", "duration")]
    [Arguments("--model_path m --durations 3", "unmatched arguments: --durations")]
    public async Task MisusedOptions_AreSaid(string arguments, string expected)
    {
        CommandLine.Exit exit = (CommandLine.Exit)Parse(["bench", .. arguments.Split(' ')]);
        await Assert.That(exit.Code).IsEqualTo(ExitCode.Usage(s_host.IsWindows));
        await Assert.That(exit.Error).Contains(expected);
    }

    [Test]
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
