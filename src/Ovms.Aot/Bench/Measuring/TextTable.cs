using System.Text;

namespace Ovms.Bench.Measuring;

/// <summary>Cells in aligned columns.</summary>
internal static class TextTable
{
    /// <summary>Writes lines of one width, two blanks between columns.</summary>
    /// <param name="lines">The heads and the rows; all have as many cells.</param>
    /// <param name="leftColumn">Index of the column that is aligned to the left; the others hold numbers.</param>
    public static string Of(IReadOnlyList<string[]> lines, int leftColumn)
    {
        int[] widths = [.. Enumerable.Range(0, lines[0].Length).Select(column => lines.Max(line => line[column].Length))];
        StringBuilder text = new();
        foreach (string[] line in lines)
        {
            text.AppendJoin(
                    "  ",
                    line.Select((cell, column) => column == leftColumn ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column])))
                .Append('\n');
        }

        return text.ToString();
    }
}
