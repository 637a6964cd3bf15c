using System.Collections.Immutable;
using Ovms.Repository;
using Ovms.Serving.Loading;
using Ovms.Status;

namespace Ovms.Serving.Lifecycle;

/// <summary>What should be served, as found by one look: a pass over configuration and disk.</summary>
/// <param name="Models">The models; their names are unique.</param>
/// <param name="Look">The number of the look, ascending.</param>
/// <param name="IsVouched">Whether an operator started the server or requested this reload, and so vouches for the files. Then files are
/// loaded without waiting until they stop changing, and failed loads are retried at once.</param>
internal sealed record Desired(ImmutableArray<DesiredModel> Models, long Look, bool IsVouched)
{
    private readonly long? _vouchedLook;

    /// <summary>The newest vouched look; loads that failed before it are retried at once. 0 = none.</summary>
    /// <remarks>It is kept while the requested reload is under way, even if looks without a request follow.</remarks>
    public long VouchedLook
    {
        get => _vouchedLook ?? (IsVouched ? Look : 0);
        init => _vouchedLook = value;
    }

    /// <summary>Nothing should be served.</summary>
    public static Desired Nothing { get; } = new([], 0, false);
}

/// <summary>One model that should be served.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Config">Its settings; null if they cannot be read.</param>
/// <param name="Versions">The versions on disk, ascending; empty if there are none. Null if they cannot be determined; loaded versions
/// then stay.</param>
/// <param name="Fault">Why the model as a whole cannot be served; Ok if it can.</param>
internal sealed record DesiredModel(string Name, ModelConfig? Config, ImmutableArray<VersionOnDisk>? Versions, Outcome Fault)
{
    /// <summary>Warnings about ignored contents of its folder.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>Versions that its policy names and that do not exist. Null if the versions cannot be determined.</summary>
    public ImmutableArray<long>? Missing { get; init; }
}
