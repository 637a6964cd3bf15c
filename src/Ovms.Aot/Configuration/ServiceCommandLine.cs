using Ovms.Options;
using Ovms.Options.Parsing;

namespace Ovms.Configuration;

/// <summary>Reads what follows <c>ovms service</c>: the action, options of the service, and after <c>--</c> those of the server.</summary>
internal static class ServiceCommandLine
{
    /// <summary>The word that asks for it.</summary>
    public const string Verb = "service";

    /// <summary>What separates the service's options from the server's.</summary>
    public const string Separator = "--";

    private const string LogOption = "log_path";

    private static readonly string[] s_actions = [.. Enum.GetNames<ServiceAction>().Select(static name => name.ToLowerInvariant())];

    /// <summary>What --help prints for it.</summary>
    public static string HelpText { get; } =
        "Run the server as a Windows service:\n" +
        "  ovms service install [OPTIONS] -- SERVER OPTIONS    register it; it starts with Windows, as LocalService\n" +
        "  ovms service uninstall [OPTIONS]                    stop it and remove it\n" +
        "  ovms service start [OPTIONS]                        start it and wait until its ports are open\n" +
        "  ovms service stop [OPTIONS]                         stop it; calls in flight finish (--drain_timeout_seconds)\n" +
        "The service writes its log to the server's --log_path, by default to %ProgramData%\\ovms\\NAME.log. Windows starts it again\n" +
        "5, 30 and 60 s after a failure. install, uninstall, start and stop need an administrator.\n" +
        "Exit code: 0 done, 1 not done, 3 wrong command line (64 on other systems, which have no such services).\n\n" +
        ServiceOptions.HelpText;

    /// <summary>Reads the arguments after the verb. Pure.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="host">The machine.</param>
    /// <param name="parseServer">Reads the command line of a server.</param>
    public static CommandLine Parse(ReadOnlySpan<string> arguments, HostFacts host, Func<string[], CommandLine> parseServer)
    {
        int end = arguments.IndexOf(Separator);
        ReadOnlySpan<string> own = end < 0 ? arguments : arguments[..end];
        string[] server = end < 0 ? [] : arguments[(end + 1)..].ToArray();
        InformationOptions.Builder information = new();
        ServiceOptions.Builder service = new();
        OptionFindings findings = new();
        bool hasAction = !own.IsEmpty && Array.IndexOf(s_actions, own[0]) >= 0;
        OptionParser.Parse(hasAction ? own[1..] : own, [information, service], findings);
        if (own.IsEmpty || information.Build().Help)
        {
            return new CommandLine.Exit(ExitCode.Ok, HelpText, "");
        }

        if (!host.IsWindows)
        {
            return Refuse(
                host,
                "ovms service manages services of Windows, and this is another system. "
                    + "With systemd use the unit in publish/ovms.service; elsewhere run the server in the foreground.\n");
        }

        if (!hasAction)
        {
            return Refuse(host, $"error parsing options - ovms service expects install, uninstall, start or stop, not '{own[0]}'\n");
        }

        ServiceAction action = Enum.Parse<ServiceAction>(own[0], ignoreCase: true);
        string? fault = findings.Errors.Count > 0 ? findings.ErrorText() : Fault(action, service.Build(), server);
        if (fault is not null)
        {
            return Refuse(host, fault);
        }

        return action == ServiceAction.Install
            ? ToInstall(service.Build(), server, host, parseServer)
            : new CommandLine.Service(action, service.Build(), server, null);
    }

    /// <summary>The file that a service logs to when --log_path is not among its options.</summary>
    public static string DefaultLogPath(string serviceName, HostFacts host) =>
        $@"{host.Variable("ProgramData") ?? @"C:\ProgramData"}\ovms\{serviceName}.log";

    // A service that cannot start would only be noticed in a log: its options are judged where somebody reads the answer.
    private static CommandLine ToInstall(
        ServiceOptions service, string[] arguments, HostFacts host, Func<string[], CommandLine> parseServer)
    {
        string[] complete = HasLogPath(arguments)
            ? arguments
            : [.. arguments, $"--{LogOption}", DefaultLogPath(service.ServiceName, host)];
        return parseServer(complete) switch
        {
            CommandLine.Start start => new CommandLine.Service(ServiceAction.Install, service, complete, start.Server),
            CommandLine.Exit { Code: not ExitCode.Ok } refused => refused,
            _ => Refuse(host, "error parsing options - the options after -- must be those of a server, such as --config_path FILE\n"),
        };
    }

    private static bool HasLogPath(string[] arguments)
    {
        ServerOptions.Builder server = new();
        OptionParser.Parse(
            arguments,
            [new InformationOptions.Builder(), server, new SourceOptions.Builder(), new ModelOptions.Builder()],
            new OptionFindings());
        return server.Given.ContainsKey(LogOption);
    }

    private static string? Fault(ServiceAction action, ServiceOptions service, string[] server)
    {
        if (service.ServiceName.Length is 0 or > 256 || service.ServiceName.AsSpan().ContainsAny('/', '\\'))
        {
            return $"error parsing options - service_name '{service.ServiceName}' should have 1 to 256 characters, none of them / or \\\n";
        }

        bool takesServer = action is ServiceAction.Install or ServiceAction.Run;
        return takesServer switch
        {
            true when server.Length == 0 =>
                "error parsing options - ovms service install needs the server's options after --, "
                    + "as in -- --config_path FILE --port 9000\n",
            false when server.Length > 0 => "error parsing options - options of the server after -- are for ovms service install alone\n",
            _ => null,
        };
    }

    private static CommandLine.Exit Refuse(HostFacts host, string text) => new(ExitCode.Usage(host.IsWindows), "", text);
}
