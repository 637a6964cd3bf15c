using Ovms.Options;

namespace Ovms.Configuration;

/// <summary>
/// Reads the options of <c>ovms bench</c>: those of the measurement, of one model, and of the server where they change how a model runs.
/// </summary>
internal static class BenchCommandLine
{
    /// <summary>The command's name.</summary>
    public const string Verb = "bench";

    // What a running server's model is described with; the other options belong to the engine beside it.
    private static readonly string[] s_ofRunning = ["model_name", "model_path", "shape", "batch_size"];

    /// <summary>The text of <c>ovms bench --help</c>.</summary>
    public static string HelpText { get; } =
        "Measure the engine alone, gRPC and REST against each other, on this machine; a language model alone and streamed:\n" +
        "  ovms bench --model_path PATH [--target_device DEVICE] [--concurrency 1,2,4,8] [--duration 10] [--json] [OPTIONS]\n" +
        "Measure a running server of KServe's API, and the engine beside it if its model is given:\n" +
        "  ovms bench --url grpc://HOST:PORT --model_name NAME [--model_path PATH] [--shape SHAPE] [OPTIONS]\n\n" +
        MeasureOptions.HelpText + BenchOptions.HelpText + ModelOptions.HelpText;

    /// <summary>Reads the arguments after the verb. Pure.</summary>
    public static CommandLine Parse(ReadOnlySpan<string> arguments, HostFacts host)
    {
        BenchOptions.Builder bench = new();
        MeasuredModel read = MeasuredModel.Parse(arguments, bench, Verb);
        if (read.WantsHelp)
        {
            return new CommandLine.Exit(ExitCode.Ok, HelpText, "");
        }

        BenchOptions options = bench.Build();
        List<string> broken = [.. read.Broken];
        if (options.Url.Length == 0 && read.Asked.ModelPath.Length == 0)
        {
            broken.Add("error parsing options - ovms bench needs --model_path, or --url and --model_name for a running server");
        }

        if (options.Url.Length > 0 && read.Asked.ModelName.Length == 0)
        {
            broken.Add("error parsing options - --url needs --model_name, the name of the model on the running server");
        }

        if (options.Url.Length > 0 && read.Asked.ModelPath.Length == 0)
        {
            broken.AddRange(read.Texts.Keys.Except(s_ofRunning)
                .Select(static name => $"error parsing options - --{name} has no effect on a running server; it needs --model_path"));
        }

        broken.AddRange(OptionRules.PathsExist(read.Server, host));
        return read.Findings.Errors.Count > 0 || broken.Count > 0
            ? CommandLine.Refuse(read.Findings, broken, host)
            : new CommandLine.Bench(read.Measure, options, read.Server, read.Model, read.Passed);
    }
}
