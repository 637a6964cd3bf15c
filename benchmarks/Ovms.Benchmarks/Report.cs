using System.Text;

namespace Ovms.Benchmarks;

/// <summary>Collects what was measured, printing it at once, and writes it down at the end with the goals before everything else.</summary>
internal sealed class Report
{
    private readonly StringBuilder _text = new();
    private readonly List<Goal> _goals = [];

    /// <summary>Prints a part and keeps it.</summary>
    public void Add(params IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            Console.WriteLine(line);
            _text.Append(line).Append('\n');
        }
    }

    /// <summary>Prints goals and keeps them.</summary>
    public void Add(params IEnumerable<Goal> goals)
    {
        foreach (Goal goal in goals)
        {
            Console.WriteLine(goal.Row);
            _goals.Add(goal);
        }
    }

    /// <summary>Writes the file.</summary>
    /// <param name="head">What it begins with.</param>
    public void Save(string path, IEnumerable<string> head)
    {
        string[] table = _goals.Count == 0 ? [] :
        [
            "", "## Goals", "", "The median of the rounds, with the least and the greatest.", "", "| work | goal | found | reached |", "|---|---|---|---|",
            .. _goals.Select(static goal => goal.Row),
        ];
        File.WriteAllText(path, string.Join('\n', [.. head, .. table, _text.ToString()]));
    }
}
