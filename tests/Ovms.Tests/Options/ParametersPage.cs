using System.Text;
using Ovms.Options;
using Ovms.Options.Parsing;

namespace Ovms.Tests.Options;

/// <summary>Writes docs/parameters.md from the rows.</summary>
internal static class ParametersPage
{
    // Options of commands that end: they have no new value.
    private static readonly HashSet<OptionRow> s_commands =
    [
        .. InformationOptions.Rows, .. MeasureOptions.Rows, .. BenchOptions.Rows, .. TuneOptions.Rows, .. HealthOptions.Rows, .. ServiceOptions.Rows,
        .. SourceOptions.Rows.Where(static row => row.Type == "bool"),
    ];

    public static string Write(IEnumerable<OptionRow> rows)
    {
        StringBuilder page = new("""
            # Parameters

            Written from the option tables (`src/Ovms.Aot/Options`) by a test; run the tests with `OVMS_UPDATE=1` to write it anew.
            On the command line an option is given as `--name value` or `--name=value`; in config.json it is a key of a model's `config`.

            """.ReplaceLineEndings("\n"));
        foreach (IGrouping<string, OptionRow> group in rows.Where(static row => !row.Hidden).GroupBy(static row => row.Group))
        {
            page.Append($"\n## {char.ToUpperInvariant(group.Key[0])}{group.Key[1..]}\n\n");
            bool isOfServing = group.Any(static row => !s_commands.Contains(row));
            page.Append(isOfServing
                ? "| Option | Value | Default | In config.json | A new value | Meaning |\n|---|---|---|---|---|---|\n"
                : "| Option | Value | Default | Meaning |\n|---|---|---|---|\n");
            foreach (OptionRow row in group)
            {
                string[] cells = [Names(row), Values(row), Default(row), .. isOfServing ? [ConfigKey(row), Change(row)] : (string[])[], row.Help];
                page.Append("| ").AppendJoin(" | ", cells.Select(static cell => cell.Replace("|", "\\|"))).Append(" |\n");
            }
        }

        return page.ToString();
    }

    private static string Names(OptionRow row) =>
        string.Join(", ", row.CommandLineNames.Select(static name => name.Length == 1 ? $"`-{name}`" : $"`--{name}`"));

    private static string Values(OptionRow row) =>
        row.Allowed.Length > 0 ? string.Join(", ", row.Allowed.Select(static value => $"`{value}`"))
        : row is { Min: not long.MinValue, Max: not long.MaxValue } ? $"{row.Type}, {row.Min} to {row.Max}"
        : row.Type;

    private static string Default(OptionRow row) =>
        row.DefaultText ?? (string.IsNullOrEmpty(row.Default) ? "" : $"`{row.Default}`");

    private static string ConfigKey(OptionRow row) =>
        (row.In & OptionPlace.ModelConfig) == 0 ? ""
        : $"`{row.ConfigName}`: {row.Json.ToString().ToLowerInvariant()}{(row.RequiredInConfig ? ", required" : "")}";

    private static string Change(OptionRow row) => row.Change switch
    {
        OptionChange.Restart => "needs a restart",
        OptionChange.ReloadsModel => "reloads the model",
        OptionChange.ChoosesVersions => "loads and unloads versions",
        OptionChange.NextLoad => "holds for the next load",
        _ => throw new ArgumentOutOfRangeException(nameof(row)),
    };
}
