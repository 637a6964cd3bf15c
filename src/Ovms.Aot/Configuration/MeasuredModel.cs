using System.Collections.Immutable;
using Ovms.Options;
using Ovms.Options.Parsing;

namespace Ovms.Configuration;

/// <summary>
/// The options of a command that measures a model: those of the measurement, of the model, and of the server where they change how a model
/// runs.
/// </summary>
/// <param name="WantsHelp">Whether the command's help is asked for.</param>
/// <param name="Measure">Options of the measurement that commands share.</param>
/// <param name="Server">Options of the measured server.</param>
/// <param name="Asked">Options of the model as given.</param>
/// <param name="Texts">The given options of the model, by name, with their values as written.</param>
/// <param name="Arguments">The given options of model and server, with their values.</param>
/// <param name="Findings">Errors of single options.</param>
/// <param name="Broken">Errors of options that the command does not take.</param>
internal sealed record MeasuredModel(
    bool WantsHelp, MeasureOptions Measure, ServerOptions Server, ModelOptions Asked, IReadOnlyDictionary<string, string> Texts,
    ImmutableArray<string> Arguments, OptionFindings Findings, ImmutableArray<string> Broken)
{
    private const string NameIfNone = "model";

    // Options that the measurement itself sets on the measured server.
    private static readonly string[] s_taken =
        ["port", "rest_port", "grpc_bind_address", "rest_bind_address", "grpc_uds", "rest_uds", "log_level", "log_path", "metrics_enable"];

    /// <summary>The model, with a name.</summary>
    public ModelOptions Model => Asked.ModelName.Length > 0 ? Asked : Asked with { ModelName = NameIfNone };

    /// <summary>Arguments for a server of the same model.</summary>
    public ImmutableArray<string> Passed => Asked.ModelName.Length > 0 ? Arguments : Arguments.AddRange("--model_name", NameIfNone);

    /// <summary>Reads the arguments after the verb. Pure.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="own">The table of the command's own options.</param>
    /// <param name="verb">The command.</param>
    public static MeasuredModel Parse(ReadOnlySpan<string> arguments, OptionBuilder own, string verb)
    {
        InformationOptions.Builder information = new();
        MeasureOptions.Builder measure = new();
        ServerOptions.Builder server = new();
        ModelOptions.Builder model = new();
        OptionFindings findings = new();
        OptionBuilder[] tables = [information, measure, own, server, model];
        OptionParser.Parse(arguments, tables, findings);
        return new MeasuredModel(
            arguments.IsEmpty || information.Build().Help,
            measure.Build(),
            server.Build(),
            model.Build(),
            model.Given,
            findings.Errors.Count > 0 ? [] : Without(arguments, [measure, own], tables),
            findings,
            [
                .. server.Given.Keys.Intersect(s_taken)
                    .Select(name => $"error parsing options - --{name} cannot be given to ovms {verb}, which chooses it"),
            ]);
    }

    // The arguments, with their values, that are not options of the command. All of them were parsed without an error.
    private static ImmutableArray<string> Without(
        ReadOnlySpan<string> arguments, OptionBuilder[] ofCommand, ReadOnlySpan<OptionBuilder> tables)
    {
        ImmutableArray<string>.Builder others = ImmutableArray.CreateBuilder<string>();
        for (int i = 0; i < arguments.Length;)
        {
            OptionBuilder owner = OptionParser.Find(arguments[i], tables, out int index, out string? value)!;
            int count = value is null && !owner.Rows[index].IsFlag ? 2 : 1;
            if (!ofCommand.Contains(owner))
            {
                others.AddRange(arguments.Slice(i, count));
            }

            i += count;
        }

        return others.ToImmutable();
    }
}
