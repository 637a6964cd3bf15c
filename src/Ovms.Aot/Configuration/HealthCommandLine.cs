using Ovms.Options;
using Ovms.Options.Parsing;

namespace Ovms.Configuration;

/// <summary>Reads what follows <c>ovms health</c>: where the server listens, in the server's own options, and how long to wait.</summary>
internal static class HealthCommandLine
{
    /// <summary>The word that asks for it.</summary>
    public const string Verb = "health";

    private static readonly string[] s_addresses = ["port", "rest_port", "grpc_uds", "rest_uds"];

    // A server that listens at one address of several is not found on loopback.
    private static readonly string[] s_taken = [.. s_addresses, "grpc_bind_address", "rest_bind_address"];

    /// <summary>What --help prints for it.</summary>
    public static string HelpText { get; } =
        "Ask a server on this machine whether it is ready:\n" +
        "  ovms health [--port PORT | --rest_port PORT | --grpc_uds PATH | --rest_uds PATH] [--timeout_seconds 5]\n" +
        "Without an address it asks the server that is process 1, as in a container, where that server listens.\n" +
        "Exit code: 0 ready, 1 not ready, no answer or no server found, 64 wrong command line (3 on Windows).\n\n" +
        HealthOptions.HelpText;

    /// <summary>Reads the arguments after the verb. Pure.</summary>
    public static CommandLine Parse(ReadOnlySpan<string> arguments, HostFacts host)
    {
        InformationOptions.Builder information = new();
        HealthOptions.Builder health = new();
        ServerOptions.Builder server = new();
        OptionFindings findings = new();
        OptionParser.Parse(arguments, [information, health, server], findings);
        if (information.Build().Help)
        {
            return new CommandLine.Exit(ExitCode.Ok, HelpText, "");
        }

        string[] given = [.. s_addresses.Where(server.Given.ContainsKey)];
        List<string> broken = [.. findings.Errors.Count == 0 ? Faults(server, given) : []];
        if (findings.Errors.Count > 0 || broken.Count > 0)
        {
            string text = findings.ErrorText() + string.Concat(broken.Select(static line => $"error parsing options - {line}\n"));
            return new CommandLine.Exit(ExitCode.Usage(host.IsWindows), "", text);
        }

        return new CommandLine.Health(health.Build(), given.Length == 0 ? null : server.Build());
    }

    /// <summary>
    /// The server's options out of the arguments that it runs with. It has judged them, so that faults in them are of no interest here.
    /// </summary>
    public static ServerOptions OfRunningServer(ReadOnlySpan<string> arguments)
    {
        ServerOptions.Builder server = new();
        OptionParser.Parse(
            arguments,
            [new InformationOptions.Builder(), server, new SourceOptions.Builder(), new ModelOptions.Builder()],
            new OptionFindings());
        return server.Build();
    }

    private static IEnumerable<string> Faults(ServerOptions.Builder server, string[] given)
    {
        foreach (string name in server.Given.Keys.Except(s_taken))
        {
            yield return $"--{name} cannot be given to ovms health, which needs to know only where the server listens";
        }

        if (given.Length > 1)
        {
            yield return $"ovms health asks at one address, but {string.Join(" and ", given.Select(static name => $"--{name}"))} are given";
        }
        else if (given.Length == 1 && server.Build() is { Port: 0, RestPort: 0, GrpcUds: "", RestUds: "" })
        {
            yield return $"--{given[0]} '{server.Given[given[0]]}' is no address to ask at: give the one that the server listens on";
        }
    }
}
