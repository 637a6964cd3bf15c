using System.Collections.Immutable;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Serving.Lifecycle;

/// <summary>What the <see cref="ServingBoard"/> knows of one model. Changed only by the board.</summary>
internal sealed class ModelRow(string name)
{
    // Versions that ended stay in what status calls tell, but a server runs for years.
    private const int EndedKept = 16;

    private readonly SortedDictionary<long, VersionRow> _versions = [];

    /// <summary>The model's name.</summary>
    public string Name => name;

    /// <summary>Whether it is no longer configured.</summary>
    public bool IsRetired { get; set; }

    /// <summary>Whether one of its versions is being loaded.</summary>
    public bool IsBusy { get; set; }

    /// <summary>What stands against serving it as a whole.</summary>
    public Outcome Fault { get; set; }

    /// <summary>What was said of its folder.</summary>
    public ImmutableArray<string> Warnings { get; set; } = [];

    /// <summary>Its versions, ascending.</summary>
    public IReadOnlyCollection<VersionRow> Versions => _versions.Values;

    /// <summary>Whether any of them serves.</summary>
    public bool Serves => Versions.Any(static row => row.Servable is not null);

    /// <summary>One version; null where there was none so far.</summary>
    public VersionRow? Find(long version) => _versions.GetValueOrDefault(version);

    /// <summary>One version that plans have to do with: the one that is there, or a new life of it.</summary>
    public VersionRow Revive(long version)
    {
        if (!_versions.TryGetValue(version, out VersionRow? row) || !row.IsAlive)
        {
            row = new VersionRow(version);
            _versions[version] = row;
        }

        return row;
    }

    /// <summary>Forgets the lowest of the versions that ended, as far as there are too many.</summary>
    public void ForgetEnded()
    {
        long[] ended = [.. _versions.Values.Where(static row => row.State == ServableState.End).Select(static row => row.Version)];
        foreach (long version in ended.SkipLast(EndedKept))
        {
            _versions.Remove(version);
        }
    }

    /// <summary>As callers see it.</summary>
    public ModelEntry ToEntry() =>
        new(Name, [.. Versions.Select(static row => row.ToEntry())]) { IsRetired = IsRetired, Reason = Fault.IsOk ? null : Fault.Text };

    /// <summary>As plans see it.</summary>
    public ActualModel ToActual() => new(Name, IsBusy, [.. Versions.Where(static row => row.IsAlive).Select(static row => row.ToActual())]);
}
