using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Ovms.Observability.Metrics;

/// <summary>Which families are on.</summary>
internal sealed class MetricSelection
{
    private readonly FrozenSet<string> _names;

    private MetricSelection(IEnumerable<string> names) => _names = names.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Nothing is counted.</summary>
    public static MetricSelection None { get; } = new([]);

    /// <summary>What is on when nobody chose.</summary>
    public static MetricSelection Default { get; } = new(MetricFamilies.All.Where(static family => family.IsDefault).Select(static family => family.Name));

    /// <summary>Reads a list.</summary>
    /// <param name="names">Names of families, in any order; empty = the default ones.</param>
    /// <param name="selection">There only when every name is good.</param>
    /// <param name="why">Otherwise: which name is not, and what there is.</param>
    public static bool TryParse(IReadOnlyList<string> names, [NotNullWhen(true)] out MetricSelection? selection, [NotNullWhen(false)] out string? why)
    {
        selection = null;
        why = null;
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (string name in names)
        {
            if (!MetricFamilies.All.Any(family => family.Name == name))
            {
                why = $"There is no family \"{name}\"; the families are: {string.Join(", ", MetricFamilies.All.Select(static family => family.Name))}.";
                return false;
            }

            if (!seen.Add(name))
            {
                why = $"The family {name} stands in the list twice: once is enough.";
                return false;
            }
        }

        selection = names.Count == 0 ? Default : new MetricSelection(names);
        return true;
    }

    /// <summary>The names in a list of the command line: commas between them, blanks around them do not count.</summary>
    public static string[] Split(string list) => list.Length == 0 ? [] : list.Split(',', StringSplitOptions.TrimEntries);

    /// <summary>Whether no family is on.</summary>
    public bool IsEmpty => _names.Count == 0;

    /// <summary>Whether a family is on.</summary>
    public bool Has(MetricFamily family) => _names.Contains(family.Name);
}
