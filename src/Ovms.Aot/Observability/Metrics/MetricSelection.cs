using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Ovms.Observability.Metrics;

/// <summary>The set of enabled metric families.</summary>
internal sealed class MetricSelection
{
    private readonly FrozenSet<string> _names;

    private MetricSelection(IEnumerable<string> names) => _names = names.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>No family is enabled.</summary>
    public static MetricSelection None { get; } = new([]);

    /// <summary>The families enabled by default.</summary>
    public static MetricSelection Default { get; } =
        new(MetricFamilies.All.Where(static family => family.IsDefault).Select(static family => family.Name));

    /// <summary>Parses a list.</summary>
    /// <param name="names">Names of families, in any order; empty = the default ones.</param>
    /// <param name="selection">The selection; null on failure.</param>
    /// <param name="why">On failure: which name is wrong, and the valid ones.</param>
    public static bool TryParse(
        IReadOnlyList<string> names, [NotNullWhen(true)] out MetricSelection? selection, [NotNullWhen(false)] out string? why)
    {
        selection = null;
        why = null;
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (string name in names)
        {
            if (!MetricFamilies.All.Any(family => family.Name == name))
            {
                string known = string.Join(", ", MetricFamilies.All.Select(static family => family.Name));
                why = $"There is no family \"{name}\"; the families are: {known}.";
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

    /// <summary>Splits a list of the command line at its commas; ignores blanks around names.</summary>
    public static string[] Split(string list) => list.Length == 0 ? [] : list.Split(',', StringSplitOptions.TrimEntries);

    /// <summary>Whether no family is enabled.</summary>
    public bool IsEmpty => _names.Count == 0;

    /// <summary>Whether a family is enabled.</summary>
    public bool Has(MetricFamily family) => _names.Contains(family.Name);
}
