using System.Collections.Immutable;
using Ovms.Options;
using Ovms.Options.Parsing;
using Ovms.Status;

namespace Ovms.Configuration;

/// <summary>What a command line requests: to start a server, or to run a command and end.</summary>
internal abstract record CommandLine
{
    private CommandLine()
    {
    }

    /// <summary>Start a server.</summary>
    /// <param name="Server">Options of the server.</param>
    /// <param name="Source">The source of the configuration; not read yet.</param>
    /// <param name="Mode">The kind of source.</param>
    /// <param name="Warnings">Messages for the log.</param>
    public sealed record Start(ServerOptions Server, ConfigSource Source, ServeMode Mode, IReadOnlyList<string> Warnings) : CommandLine;

    /// <summary>Measure a model (<c>ovms bench</c>).</summary>
    /// <param name="Measure">Options that it shares with <see cref="Tune"/>.</param>
    /// <param name="Options">Its other options.</param>
    /// <param name="Server">Options of the server that change how a model runs.</param>
    /// <param name="Model">The model.</param>
    /// <param name="Passed">Arguments for a server of the same model.</param>
    public sealed record Bench(
        MeasureOptions Measure, BenchOptions Options, ServerOptions Server, ModelOptions Model, ImmutableArray<string> Passed)
        : CommandLine;

    /// <summary>Find the best settings of a model (<c>ovms tune</c>).</summary>
    /// <param name="Measure">Options that it shares with <see cref="Bench"/>.</param>
    /// <param name="Options">Its other options.</param>
    /// <param name="Server">Options of the server that change how a model runs.</param>
    /// <param name="Model">The model.</param>
    /// <param name="Texts">The given options of the model, by name, with their values as written.</param>
    /// <param name="Passed">Arguments for a server of the same model.</param>
    public sealed record Tune(
        MeasureOptions Measure, TuneOptions Options, ServerOptions Server, ModelOptions Model, IReadOnlyDictionary<string, string> Texts,
        ImmutableArray<string> Passed) : CommandLine;

    /// <summary>Ask a running server whether it is ready.</summary>
    /// <param name="Options">How.</param>
    /// <param name="Server">Options that say where it listens; null for those of process 1.</param>
    public sealed record Health(HealthOptions Options, ServerOptions? Server) : CommandLine;

    /// <summary>Manage or run a Windows service.</summary>
    /// <param name="Action">What to do.</param>
    /// <param name="Options">Which service.</param>
    /// <param name="ServerArguments">The command line of its server; for installing and running only.</param>
    /// <param name="Server">The same as options; for installing only.</param>
    public sealed record Service(
        ServiceAction Action, ServiceOptions Options, IReadOnlyList<string> ServerArguments, ServerOptions? Server) : CommandLine;

    /// <summary>Check the configuration, report its problems, and end.</summary>
    /// <param name="Server">Options of the server.</param>
    /// <param name="Source">The configuration.</param>
    public sealed record Check(ServerOptions Server, ConfigSource Source) : CommandLine;

    /// <summary>List models or change a configuration file, and end.</summary>
    /// <param name="Command">The command.</param>
    public sealed record Manage(ManagementCommand Command) : CommandLine;

    /// <summary>End at once.</summary>
    /// <param name="Code">The process's exit code.</param>
    /// <param name="Output">Text for standard output.</param>
    /// <param name="Error">Text for standard error.</param>
    public sealed record Exit(int Code, string Output, string Error) : CommandLine;

    /// <summary>The text of --help: the options of all tables.</summary>
    public static string HelpText { get; } =
        "OpenVINO Model Server\n\n" +
        "Usage:\n" +
        "  ovms --model_name NAME --model_path PATH --port PORT [--rest_port PORT] [OPTIONS]\n" +
        "  ovms --model_path FOLDER --rest_port PORT [--port PORT] [OPTIONS]     a language model\n" +
        "  ovms --config_path FILE --port PORT [--rest_port PORT] [OPTIONS]\n" +
        "  ovms --model_repository_path FOLDER --port PORT [--rest_port PORT] [OPTIONS]\n" +
        "  ovms bench --model_path PATH [OPTIONS]     benchmark a model: see ovms bench --help\n" +
        "  ovms tune --model_path PATH [OPTIONS]      find the best settings: see ovms tune --help\n" +
        "  ovms check --config_path FILE [OPTIONS]    can it be served? ovms check --help\n" +
        "  ovms health [--rest_port PORT]             is the server ready? ovms health --help\n" +
        "  ovms service install -- OPTIONS            run as a Windows service: see ovms service --help\n" +
        "  ovms --list_models --model_repository_path FOLDER\n" +
        "  ovms --add_to_config --config_path FILE --model_name NAME --model_path PATH [OPTIONS]\n" +
        "  ovms --remove_from_config --config_path FILE --model_name NAME\n" +
        "An option is given as --name value or --name=value.\n\n" +
        InformationOptions.HelpText + ServerOptions.HelpText + SourceOptions.HelpText + ModelOptions.HelpText +
        MeasureOptions.HelpText + BenchOptions.HelpText + TuneOptions.HelpText + HealthOptions.HelpText + ServiceOptions.HelpText;

    /// <summary>Reads the arguments. Pure: prints and opens nothing. A request for help or version takes precedence over errors.</summary>
    /// <param name="arguments">The arguments after the program's name.</param>
    /// <param name="host">The machine, for the rules that depend on it.</param>
    /// <param name="serverVersion">Version of this server.</param>
    /// <param name="backendBuild">Returns OpenVINO's build; called only for --version, because it loads the library.</param>
    public static CommandLine Parse(ReadOnlySpan<string> arguments, HostFacts host, string serverVersion, Func<string> backendBuild)
    {
        if (arguments is [BenchCommandLine.Verb, ..])
        {
            return BenchCommandLine.Parse(arguments[1..], host);
        }

        if (arguments is [TuneCommandLine.Verb, ..])
        {
            return TuneCommandLine.Parse(arguments[1..], host);
        }

        if (arguments is [HealthCommandLine.Verb, ..])
        {
            return HealthCommandLine.Parse(arguments[1..], host);
        }

        if (arguments is [ServiceCommandLine.Verb, ..])
        {
            return ServiceCommandLine.Parse(arguments[1..], host, server => Parse(server, host, serverVersion, backendBuild));
        }

        InformationOptions.Builder information = new();
        ServerOptions.Builder server = new();
        SourceOptions.Builder source = new();
        ModelOptions.Builder model = new();
        OptionFindings findings = new();
        bool isCheck = !arguments.IsEmpty && arguments[0] == CheckCommandLine.Verb;
        OptionParser.Parse(isCheck ? arguments[1..] : arguments, [information, server, source, model], findings);

        if (!isCheck && !arguments.IsEmpty && !arguments[0].StartsWith('-'))
        {
            findings.Add(OptionError.Malformed(Shown.Bounded(arguments[0]), "is no command", "ovms --help lists the commands and options"));
        }

        InformationOptions asked = information.Build();
        if (arguments.IsEmpty || asked.Help)
        {
            return new Exit(ExitCode.Ok, isCheck ? CheckCommandLine.HelpText : HelpText, "");
        }

        if (isCheck && arguments.Length == 1)
        {
            return new Exit(ExitCode.Usage(host.IsWindows), "", CheckCommandLine.NothingToCheck);
        }

        if (asked.Version)
        {
            return new Exit(ExitCode.Ok, $"OpenVINO Model Server {serverVersion}\nOpenVINO backend {backendBuild()}\n", "");
        }

        GivenOptions given = WithFolderName(new GivenOptions(server.Build(), source.Build(), model.Build(), model.Given), host);
        return given.Manages && !isCheck
            ? JudgeManagement(WithUsualPaths(given, host), [.. server.Given.Keys], findings, given.Source.ConfigPath.Length == 0, host)
            : Judge(given, findings, host, isCheck);
    }

    private static CommandLine Judge(GivenOptions given, OptionFindings findings, HostFacts host, bool isCheck)
    {
        // Rules are not checked if a value could not be parsed: their messages would only add noise.
        bool isReadable = findings.Errors.All(static e => e.Kind == OptionErrorKind.Refused);
        IReadOnlyList<string> broken = isReadable ? OptionRules.Check(given, host, listens: !isCheck) : [];
        if (findings.Errors.Count == 0 && broken.Count == 0)
        {
            ServerOptions server = WithDefaultCacheDir(given.Server, host);
            (ConfigSource source, ServeMode mode) = SourceOf(given, host);
            return isCheck
                ? new Check(server, source)
                : new Start(server, source, mode, [.. findings.Warnings, .. OptionRules.Ignored(given)]);
        }

        return Refuse(findings, broken, host);
    }

    private static CommandLine JudgeManagement(
        GivenOptions given, IReadOnlyCollection<string> serverNames, OptionFindings findings, bool isDefaultPath, HostFacts host)
    {
        IReadOnlyList<string> broken = findings.Errors.Count == 0 ? ManagementRules.Check(given, serverNames) : [];
        return findings.Errors.Count == 0 && broken.Count == 0
            ? new Manage(new ManagementCommand(given, isDefaultPath))
            : Refuse(findings, broken, host);
    }

    /// <summary>Ends with the errors: as a usage error, unless all of them are in the settings of a model.</summary>
    internal static Exit Refuse(OptionFindings findings, IReadOnlyList<string> broken, HostFacts host)
    {
        string text = findings.ErrorText() + string.Concat(broken.Select(static line => line + "\n"));
        return new Exit(
            broken.Count == 0 && findings.Errors.All(IsModelFault) ? ExitCode.Failure : ExitCode.Usage(host.IsWindows), "", text);
    }

    private static (ConfigSource Source, ServeMode Mode) SourceOf(GivenOptions given, HostFacts host) =>
        given.Source.ConfigPath.Length > 0 ? (new ConfigFile(given.Source.ConfigPath, host.Variable), ServeMode.ConfigFile)
        : given.Model.ModelPath.Length > 0 ? (ConfigSource.Of(given.Model), ServeMode.SingleModel)
        : (
            new RepositorySource(given.Source.ModelRepositoryPath, given.Model, given.Server.AllowOutsidePaths, host.Variable),
            ServeMode.Repository);

    // A language model without a name has that of its folder; so has a graph, which may be one.
    private static GivenOptions WithFolderName(GivenOptions given, HostFacts host)
    {
        ModelOptions model = given.Model;
        if (model.ModelName.Length > 0 || model.ModelPath.Length == 0 || model.ModelPath.Contains("://", StringComparison.Ordinal))
        {
            return given;
        }

        string? lack = model.Task == TaskKind.TextGeneration ? null : NamelessPath.LackOf(model.ModelPath, host);
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(model.ModelPath)));
        return lack is null ? given with { Model = model with { ModelName = name } } : given with { Nameless = lack };
    }

    // Paths that the command line omits come from the environment: the repository, and with it the file.
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

    private static ServerOptions WithDefaultCacheDir(ServerOptions server, HostFacts host)
    {
        string usual = host.IsWindows ? ServerOptions.DefaultCacheDirOnWindows : ServerOptions.DefaultCacheDir;
        return server.CacheDir.Length == 0 && host.PathExists(usual) ? server with { CacheDir = usual } : server;
    }

    // The original finds an invalid value of a model option (nireq) only when it loads the model, and then exits with 1.
    private static bool IsModelFault(OptionError error) => error.Row is { Change: not OptionChange.Restart };
}
