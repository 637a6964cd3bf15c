using System.Collections.Immutable;
using Ovms.Options;
using Ovms.Options.Parsing;

namespace Ovms.Configuration;

/// <summary>
/// Reads the options of <c>ovms bench</c>: those of the measurement, of one model, and of the server where they change how a model runs.
/// </summary>
internal static class BenchCommandLine
{
    /// <summary>The command's name.</summary>
    public const string Verb = "bench";

    // Options that the measurement itself sets on the measured server.
    private static readonly string[] s_taken =
        ["port", "rest_port", "grpc_bind_address", "rest_bind_address", "grpc_uds", "rest_uds", "log_level", "log_path", "metrics_enable"];
    private const string NameIfNone = "model";

    /// <summary>The text of <c>ovms bench --help</c>.</summary>
    public static string HelpText { get; } =
        "Measure the engine alone, gRPC and REST against each other, on this machine; a language model alone and streamed:\n" +
        "  ovms bench --model_path PATH [--target_device DEVICE] [--concurrency 1,2,4,8] [--duration 10] [--json] [OPTIONS]\n\n" +
        BenchOptions.HelpText + ModelOptions.HelpText;

    /// <summary>Reads the arguments after the verb. Pure.</summary>
    public static CommandLine Parse(ReadOnlySpan<string> arguments, HostFacts host)
    {
        InformationOptions.Builder information = new();
        BenchOptions.Builder bench = new();
        ServerOptions.Builder server = new();
        ModelOptions.Builder model = new();
        OptionFindings findings = new();
        OptionBuilder[] tables = [information, bench, server, model];
        OptionParser.Parse(arguments, tables, findings);
        if (arguments.IsEmpty || information.Build().Help)
        {
            return new CommandLine.Exit(ExitCode.Ok, HelpText, "");
        }

        ModelOptions asked = model.Build();
        ServerOptions around = server.Build();
        List<string> broken =
        [
            .. server.Given.Keys.Intersect(s_taken)
                .Select(static name => $"error parsing options - --{name} cannot be given to ovms bench, which chooses it"),
        ];
        if (asked.ModelPath.Length == 0)
        {
            broken.Add("error parsing options - ovms bench needs --model_path");
        }

        broken.AddRange(OptionRules.PathsExist(around, host));
        if (findings.Errors.Count > 0 || broken.Count > 0)
        {
            return CommandLine.Refuse(findings, broken, host);
        }

        ImmutableArray<string> passedOn = Without(arguments, bench, tables);
        bool isNamed = asked.ModelName.Length > 0;
        return new CommandLine.Bench(
            bench.Build(),
            around,
            isNamed ? asked : asked with { ModelName = NameIfNone },
            isNamed ? passedOn : passedOn.AddRange("--model_name", NameIfNone));
    }

    // The arguments, with their values, that are not options of the table. All of them were parsed without an error.
    private static ImmutableArray<string> Without(ReadOnlySpan<string> arguments, OptionBuilder table, ReadOnlySpan<OptionBuilder> tables)
    {
        ImmutableArray<string>.Builder others = ImmutableArray.CreateBuilder<string>();
        for (int i = 0; i < arguments.Length;)
        {
            OptionBuilder owner = OptionParser.Find(arguments[i], tables, out int index, out string? value)!;
            int count = value is null && !owner.Rows[index].IsFlag ? 2 : 1;
            if (owner != table)
            {
                others.AddRange(arguments.Slice(i, count));
            }

            i += count;
        }

        return others.ToImmutable();
    }
}
