using System.Collections.Immutable;
using Ovms.Repository;
using Ovms.Serving.Loading;
using Ovms.Status;

namespace Ovms.Serving.Lifecycle;

/// <summary>What ought to be served, as one look at configuration and disk found it.</summary>
/// <param name="Models">Names unique.</param>
/// <param name="Look">The number of the look, ascending.</param>
/// <param name="IsVouched">
/// Whether somebody said that the files are as they ought to be, by starting the server or by asking for a reload: then nothing waits
/// until it has settled, and what failed is tried again at once.
/// </param>
internal sealed record Desired(ImmutableArray<DesiredModel> Models, long Look, bool IsVouched)
{
    private readonly long? _vouchedLook;

    /// <summary>Names of graphs, which are known and not served yet.</summary>
    public ImmutableHashSet<string> Graphs { get; init; } = [];

    /// <summary>
    /// The newest look that somebody vouched for: what failed before it is tried again at once. It stays while that request is under way,
    /// though looks that nobody vouched for follow; 0 for none.
    /// </summary>
    public long VouchedLook
    {
        get => _vouchedLook ?? (IsVouched ? Look : 0);
        init => _vouchedLook = value;
    }

    /// <summary>Nothing.</summary>
    public static Desired Nothing { get; } = new([], 0, false);
}

/// <summary>One model that ought to be served.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Config">Its settings; null where they cannot be read.</param>
/// <param name="Versions">
/// What lies on disk, ascending; null where that cannot be told, which is another thing than none: what is loaded stays then.
/// </param>
/// <param name="Fault">What stands against serving it as a whole; Ok for nothing.</param>
internal sealed record DesiredModel(string Name, ModelConfig? Config, ImmutableArray<VersionOnDisk>? Versions, Outcome Fault)
{
    /// <summary>Sentences about what lies in its folder and is left out.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];
}
