using Ovms.Options;

namespace Ovms.Configuration;

/// <summary>Reads the options of <c>ovms tune</c>.</summary>
internal static class TuneCommandLine
{
    /// <summary>The command's name.</summary>
    public const string Verb = "tune";

    /// <summary>The text of <c>ovms tune --help</c>.</summary>
    public static string HelpText { get; } =
        "Find the settings of a model (hint, streams, infer requests, batch size) that serve a load best on this machine:\n" +
        "  ovms tune --model_path PATH [--concurrency 1,32] [--latency_ms P99] [--budget_seconds 120] [--json] [OPTIONS]\n" +
        "It starts the server with one arrangement after the other, calls it over gRPC with each number of callers, and prints the\n" +
        "figures and the best arrangement as an entry of config.json. What is given (plugin_config, nireq, shape, ...) is not varied.\n" +
        "Exit code: 0 settings were found, 1 none were (also: none holds --latency_ms, or it was stopped), 64 wrong command line\n" +
        "(3 on Windows).\n\n" +
        MeasureOptions.HelpText + TuneOptions.HelpText + ModelOptions.HelpText;

    /// <summary>Reads the arguments after the verb. Pure.</summary>
    public static CommandLine Parse(ReadOnlySpan<string> arguments, HostFacts host)
    {
        TuneOptions.Builder tune = new();
        MeasuredModel read = MeasuredModel.Parse(arguments, tune, Verb);
        if (read.WantsHelp)
        {
            return new CommandLine.Exit(ExitCode.Ok, HelpText, "");
        }

        List<string> broken = [.. read.Broken];
        if (read.Asked.ModelPath.Length == 0)
        {
            broken.Add("error parsing options - ovms tune needs --model_path");
        }

        broken.AddRange(OptionRules.PathsExist(read.Server, host));
        return read.Findings.Errors.Count > 0 || broken.Count > 0
            ? CommandLine.Refuse(read.Findings, broken, host)
            : new CommandLine.Tune(read.Measure, tune.Build(), read.Server, read.Model, read.Texts, read.Passed);
    }
}
