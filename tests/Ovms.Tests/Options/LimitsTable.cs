using System.Text;
using Ovms.Options.Parsing;

namespace Ovms.Tests.Options;

/// <summary>Writes the table of limits in docs/security.md from the rows.</summary>
internal static class LimitsTable
{
    public static string Write(IEnumerable<OptionRow> rows)
    {
        StringBuilder table = new("| Option | Default | Range | Meaning | When it is reached |\n|---|---|---|---|---|\n");
        foreach (OptionRow row in rows.Where(static row => row is { Hidden: false, WhenHit: not null }))
        {
            string[] cells =
            [
                $"`--{row.Name}`",
                row.DefaultText ?? row.Default ?? "",
                row is { Min: not long.MinValue, Max: not long.MaxValue } ? $"{row.Min} to {row.Max}" : row.Type,
                row.Help,
                row.WhenHit!,
            ];
            table.Append("| ").AppendJoin(" | ", cells.Select(static cell => cell.Replace("|", "\\|"))).Append(" |\n");
        }

        return table.ToString();
    }
}
