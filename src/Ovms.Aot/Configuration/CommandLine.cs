using System.Collections.Immutable;
using Ovms.Options;
using Ovms.Options.Parsing;

namespace Ovms.Configuration;

/// <summary>What a command line asks for: to start a server, or to print something and end.</summary>
internal abstract record CommandLine
{
    private const string CheckWord = "check";

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

    /// <summary>Ask a running server whether it is ready.</summary>
    /// <param name="Options">How.</param>
    /// <param name="Server">Options that say where it listens; null for those of process 1.</param>
    public sealed record Health(HealthOptions Options, ServerOptions? Server) : CommandLine;

    /// <summary>Look at the configuration, tell what is wrong with it, and end.</summary>
    /// <param name="Server">Options of the server.</param>
    /// <param name="Source">The configuration.</param>
    public sealed record Check(ServerOptions Server, ConfigSource Source) : CommandLine;

    /// <summary>List models or change a configuration file, and end.</summary>
    /// <param name="Command">What exactly.</param>
    public sealed record Manage(ManagementCommand Command) : CommandLine;

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
        "  ovms check --config_path FILE [OPTIONS]\n" +
        "  ovms health [--rest_port PORT]             is the server ready? ovms health --help\n" +
        "  ovms --list_models --model_repository_path FOLDER\n" +
        "  ovms --add_to_config --config_path FILE --model_name NAME --model_path PATH [OPTIONS]\n" +
        "  ovms --remove_from_config --config_path FILE --model_name NAME\n" +
        "An option is given as --name value or --name=value.\n\n" +
        InformationOptions.HelpText + ServerOptions.HelpText + SourceOptions.HelpText + ModelOptions.HelpText + BenchOptions.HelpText +
        HealthOptions.HelpText;

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

        if (arguments is [HealthCommandLine.Verb, ..])
        {
            return HealthCommandLine.Parse(arguments[1..], host);
        }

        InformationOptions.Builder information = new();
        ServerOptions.Builder server = new();
        SourceOptions.Builder source = new();
        ModelOptions.Builder model = new();
        OptionFindings findings = new();
        bool isCheck = !arguments.IsEmpty && arguments[0] == CheckWord;
        OptionParser.Parse(isCheck ? arguments[1..] : arguments, [information, server, source, model], findings);

        InformationOptions asked = information.Build();
        if (arguments.IsEmpty || asked.Help)
        {
            return new Exit(ExitCode.Ok, HelpText, "");
        }

        if (asked.Version)
        {
            return new Exit(ExitCode.Ok, $"OpenVINO Model Server {serverVersion}\nOpenVINO backend {backendBuild()}\n", "");
        }

        GivenOptions given = new(server.Build(), source.Build(), model.Build(), model.Given);
        return given.Manages && !isCheck
            ? JudgeManagement(WithUsualPaths(given, host), [.. server.Given.Keys], findings, given.Source.ConfigPath.Length == 0, host)
            : Judge(given, findings, host, isCheck);
    }

    private static CommandLine Judge(GivenOptions given, OptionFindings findings, HostFacts host, bool isCheck)
    {
        // A rule over a value that could not be read would only add noise.
        bool isReadable = findings.Errors.All(static e => e.Kind == OptionErrorKind.Refused);
        IReadOnlyList<string> broken = isReadable ? OptionRules.Check(given, host, listens: !isCheck) : [];
        if (findings.Errors.Count == 0 && broken.Count == 0)
        {
            ServerOptions server = WithUsualCacheDir(given.Server, host);
            (ConfigSource source, ServeMode mode) = SourceOf(given, host);
            return isCheck ? new Check(server, source) : new Start(server, source, mode, [.. findings.Warnings, .. OptionRules.NotHeeded(given)]);
        }

        return Refuse(findings, broken, host);
    }

    private static CommandLine JudgeManagement(GivenOptions given, IReadOnlyCollection<string> serverNames, OptionFindings findings, bool isDefaultPath, HostFacts host)
    {
        IReadOnlyList<string> broken = findings.Errors.Count == 0 ? ManagementRules.Check(given, serverNames) : [];
        return findings.Errors.Count == 0 && broken.Count == 0 ? new Manage(new ManagementCommand(given, isDefaultPath)) : Refuse(findings, broken, host);
    }

    private static Exit Refuse(OptionFindings findings, IReadOnlyList<string> broken, HostFacts host)
    {
        string text = findings.ErrorText() + string.Concat(broken.Select(static line => line + "\n"));
        return new Exit(broken.Count == 0 && findings.Errors.All(IsModelFault) ? ExitCode.Failure : ExitCode.Usage(host.IsWindows), "", text);
    }

    private static (ConfigSource Source, ServeMode Mode) SourceOf(GivenOptions given, HostFacts host) =>
        given.Source.ConfigPath.Length > 0 ? (new ConfigFile(given.Source.ConfigPath, host.Variable), ServeMode.ConfigFile)
        : given.Model.ModelPath.Length > 0 ? (ConfigSource.Of(given.Model), ServeMode.SingleModel)
        : (new RepositorySource(given.Source.ModelRepositoryPath, given.Model, given.Server.AllowOutsidePaths, host.Variable), ServeMode.Repository);

    // The environment names the repository, and with it the file, where the command line does not.
    private static GivenOptions WithUsualPaths(GivenOptions given, HostFacts host)
    {
        string usual = host.Variable("OVMS_MODEL_REPOSITORY_PATH") ?? "";
        SourceOptions source = given.Source;
        return given with
        {
            Source = source with
            {
                ModelRepositoryPath = source.ModelRepositoryPath.Length > 0 ? source.ModelRepositoryPath : usual,
                ConfigPath = source.ConfigPath.Length > 0 || usual.Length == 0 ? source.ConfigPath : Path.Combine(usual, "config.json"),
            },
        };
    }

    private static ServerOptions WithUsualCacheDir(ServerOptions server, HostFacts host)
    {
        string usual = host.IsWindows ? ServerOptions.UsualCacheDirOnWindows : ServerOptions.UsualCacheDir;
        return server.CacheDir.Length == 0 && host.PathExists(usual) ? server with { CacheDir = usual } : server;
    }

    // The original finds a refused value of a model option (nireq) when it loads the model, and then exits with 1.
    private static bool IsModelFault(OptionError error) => error.Row is { Change: not OptionChange.Restart };
}
