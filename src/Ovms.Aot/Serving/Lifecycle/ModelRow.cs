using System.Collections.Immutable;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Serving.Lifecycle;

/// <summary>The <see cref="ServingBoard"/>'s record of one model. Only the board changes it.</summary>
internal sealed class ModelRow(string name)
{
    // Ended versions remain visible in status calls. Their number is bounded, because a server runs for years.
    private const int EndedKept = 16;

    private readonly SortedDictionary<long, VersionRow> _versions = [];

    /// <summary>The model's name.</summary>
    public string Name => name;

    /// <summary>Whether it is no longer configured.</summary>
    public bool IsRetired { get; set; }

    /// <summary>Whether it is composed of other servables.</summary>
    public bool IsComposed { get; set; }

    /// <summary>Whether it is a graph.</summary>
    public bool IsGraph { get; set; }

    /// <summary>Whether one of its versions is being loaded.</summary>
    public bool IsBusy { get; set; }

    /// <summary>Why the model as a whole cannot be served; Ok if it can.</summary>
    public Outcome Fault { get; set; }

    /// <summary>The warnings already logged about its folder.</summary>
    public ImmutableArray<string> Warnings { get; set; } = [];

    /// <summary>Versions that its policy names and that do not exist, by the last look that could tell.</summary>
    public ImmutableArray<long> Missing { get; set; } = [];

    /// <summary>Its versions, ascending.</summary>
    public IReadOnlyCollection<VersionRow> Versions => _versions.Values;

    /// <summary>Whether any version serves.</summary>
    public bool Serves => Versions.Any(static row => row.Servable is not null);

    /// <summary>One version; null if it was never seen.</summary>
    public VersionRow? Find(long version) => _versions.GetValueOrDefault(version);

    /// <summary>The record of a version that plans consider: the existing one while it is alive, otherwise a new one.</summary>
    public VersionRow Revive(long version)
    {
        if (!_versions.TryGetValue(version, out VersionRow? row) || !row.IsAlive)
        {
            row = new VersionRow(version, IsComposed);
            _versions[version] = row;
        }

        return row;
    }

    /// <summary>Removes the lowest ended versions if there are too many.</summary>
    public void ForgetEnded()
    {
        long[] ended = [.. _versions.Values.Where(static row => row.State == ServableState.End).Select(static row => row.Version)];
        foreach (long version in ended.SkipLast(EndedKept))
        {
            _versions.Remove(version);
        }
    }

    /// <summary>The model's entry in the table that callers see.</summary>
    public ModelEntry ToEntry() => new(Name, [.. Versions.Select(static row => row.ToEntry())])
    {
        IsRetired = IsRetired,
        IsComposed = IsComposed,
        IsGraph = IsGraph,
        Reason = Fault.IsOk ? null : Fault.Text,
    };

    /// <summary>The model's state as the input of a plan.</summary>
    public ActualModel ToActual() =>
        new(Name, IsBusy, [.. Versions.Where(static row => row.IsAlive).Select(static row => row.ToActual())]);
}
