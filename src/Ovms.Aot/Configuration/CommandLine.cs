using System.Collections.Immutable;
using Ovms.Options;
using Ovms.Options.Parsing;

namespace Ovms.Configuration;

/// <summary>What a command line asks for: to start a server, or to print something and end.</summary>
internal abstract record CommandLine
{
    private CommandLine()
    {
    }

    /// <summary>Start with these options.</summary>
    /// <param name="Server">Options of the server.</param>
    /// <param name="Source">Where what is served comes from; nothing of it is read yet.</param>
    /// <param name="Mode">What kind of source that is.</param>
    /// <param name="Warnings">Sentences for the log.</param>
    public sealed record Start(ServerOptions Server, ConfigSource Source, ServeMode Mode, IReadOnlyList<string> Warnings) : CommandLine;

    /// <summary>Measure a model.</summary>
    /// <param name="Options">How.</param>
    /// <param name="Server">Options of the server that change how a model runs.</param>
    /// <param name="Model">The model.</param>
    /// <param name="Passed">The arguments that a server of the same model is started with.</param>
    public sealed record Bench(BenchOptions Options, ServerOptions Server, ModelOptions Model, ImmutableArray<string> Passed) : CommandLine;

    /// <summary>End at once.</summary>
    /// <param name="Code">The process's exit code.</param>
    /// <param name="Output">What goes to the standard output.</param>
    /// <param name="Error">What goes to the standard error.</param>
    public sealed record Exit(int Code, string Output, string Error) : CommandLine;

    /// <summary>Help of all tables, as --help prints it.</summary>
    public static string HelpText { get; } =
        "OpenVINO Model Server\n\n" +
        "Usage:\n" +
        "  ovms --model_name NAME --model_path PATH --port PORT [--rest_port PORT] [OPTIONS]\n" +
        "  ovms --config_path FILE --port PORT [--rest_port PORT] [OPTIONS]\n" +
        "  ovms --model_repository_path FOLDER --port PORT [--rest_port PORT] [OPTIONS]\n" +
        "  ovms bench --model_path PATH [OPTIONS]     is it the server or the model? ovms bench --help\n" +
        "An option is given as --name value or --name=value.\n\n" +
        InformationOptions.HelpText + ServerOptions.HelpText + SourceOptions.HelpText + ModelOptions.HelpText + BenchOptions.HelpText;

    /// <summary>
    /// Reads the arguments. Pure: nothing is printed or opened. Asking for help or version wins over errors beside it.
    /// </summary>
    /// <param name="arguments">What follows the program's name.</param>
    /// <param name="host">The machine, for the rules that depend on it.</param>
    /// <param name="serverVersion">Version of this server.</param>
    /// <param name="backendBuild">Gives OpenVINO's build; called for --version only, as it loads the library.</param>
    public static CommandLine Parse(ReadOnlySpan<string> arguments, HostFacts host, string serverVersion, Func<string> backendBuild)
    {
        if (arguments is [BenchCommandLine.Verb, ..])
        {
            return BenchCommandLine.Parse(arguments[1..], host);
        }

        InformationOptions.Builder information = new();
        ServerOptions.Builder server = new();
        SourceOptions.Builder source = new();
        ModelOptions.Builder model = new();
        OptionFindings findings = new();
        OptionParser.Parse(arguments, [information, server, source, model], findings);

        InformationOptions asked = information.Build();
        if (arguments.IsEmpty || asked.Help)
        {
            return new Exit(ExitCode.Ok, HelpText, "");
        }

        if (asked.Version)
        {
            return new Exit(ExitCode.Ok, $"OpenVINO Model Server {serverVersion}\nOpenVINO backend {backendBuild()}\n", "");
        }

        return Judge(new GivenOptions(server.Build(), source.Build(), model.Build(), model.Given), findings, host);
    }

    private static CommandLine Judge(GivenOptions given, OptionFindings findings, HostFacts host)
    {
        // A rule over a value that could not be read would only add noise.
        bool isReadable = findings.Errors.All(static e => e.Kind == OptionErrorKind.Refused);
        IReadOnlyList<string> broken = isReadable ? OptionRules.Check(given, host) : [];
        if (findings.Errors.Count == 0 && broken.Count == 0)
        {
            ServerOptions server = WithUsualCacheDir(given.Server, host);
            (ConfigSource source, ServeMode mode) = SourceOf(given, host);
            return new Start(server, source, mode, [.. findings.Warnings, .. OptionRules.NotHeeded(given)]);
        }

        string text = findings.ErrorText() + string.Concat(broken.Select(static line => line + "\n"));
        return new Exit(broken.Count == 0 && findings.Errors.All(IsModelFault) ? ExitCode.Failure : ExitCode.Usage(host.IsWindows), "", text);
    }

    private static (ConfigSource Source, ServeMode Mode) SourceOf(GivenOptions given, HostFacts host) =>
        given.Source.ConfigPath.Length > 0 ? (new ConfigFile(given.Source.ConfigPath, host.Variable), ServeMode.ConfigFile)
        : given.Model.ModelPath.Length > 0 ? (ConfigSource.Of(given.Model), ServeMode.SingleModel)
        : (new RepositorySource(given.Source.ModelRepositoryPath, given.Model, host.Variable), ServeMode.Repository);

    private static ServerOptions WithUsualCacheDir(ServerOptions server, HostFacts host)
    {
        string usual = host.IsWindows ? ServerOptions.UsualCacheDirOnWindows : ServerOptions.UsualCacheDir;
        return server.CacheDir.Length == 0 && host.PathExists(usual) ? server with { CacheDir = usual } : server;
    }

    // The original finds a refused value of a model option (nireq) when it loads the model, and then exits with 1.
    private static bool IsModelFault(OptionError error) => error.Row is { Change: OptionChange.ReloadsModel };
}
