using Ovms.Observability.Metrics;
using Ovms.Status;

namespace Ovms.Serving;

/// <summary>
/// Holds the current <see cref="ServableTable"/>. Requests read it without locks; only <see cref="ModelManager"/> publishes a new one.
/// </summary>
internal sealed class ServableRegistry
{
    private TableMetrics? _metrics;

    private volatile ServableTable _current = ServableTable.Empty;

    private readonly CancellationTokenSource _draining = new();

    /// <summary>Told after every change of the table or of draining, on the thread that made it; must be quick and must not throw.</summary>
    public event Action? Changed;

    /// <summary>The newest snapshot.</summary>
    public ServableTable Current => _current;

    /// <summary>Whether the server finishes what is in flight and takes nothing new.</summary>
    public bool IsDraining => _draining.IsCancellationRequested;

    /// <summary>Cancelled when the server begins to drain.</summary>
    public CancellationToken Draining => _draining.Token;

    /// <summary>Answers that callers are still reading.</summary>
    public AnswersUnderway Answers { get; } = new();

    /// <summary>Whether every configured model is available and the server is not draining.</summary>
    public bool IsReady => !IsDraining && _current.AllAvailable;

    /// <summary>A model's and its version's row in the newest snapshot, for a caller who means to use it.</summary>
    public Outcome<(ModelEntry Model, VersionEntry Version)> Find(string name, string versionText)
    {
        Outcome<(ModelEntry Model, VersionEntry Version)> found = _current.Find(name, versionText);

        // Asked last: while the server stops its models are being retired, and a caller must hear that the server is going, not they.
        return IsDraining ? Outcome.Fail(StatusCode.ServerShuttingDown) : found;
    }

    /// <summary>The right to use a servable, or why there is none.</summary>
    public Outcome<ServableLease> Lease(string name, string versionText)
    {
        Outcome<(ModelEntry Model, VersionEntry Version)> found = Find(name, versionText);
        if (!found.IsOk)
        {
            return found.WithoutValue;
        }

        return found.Value.Version.Servable!.TryLease() is { } lease
            ? lease
            : Outcome.Fail(IsDraining ? StatusCode.ServerShuttingDown : StatusCode.ModelVersionNotLoadedAnymore);
    }

    /// <summary>From now on everything is counted. Called before the first table is published.</summary>
    public void CountIn(ServerMetrics metrics) => _metrics = new TableMetrics(metrics.Models);

    /// <summary>Counts a call that was answered about a version; one that names nothing known is not counted.</summary>
    /// <param name="kind">What was asked.</param>
    /// <param name="name">The servable's name.</param>
    /// <param name="versionText">As the caller wrote it.</param>
    /// <param name="isSuccess">Whether the answer is the one asked for.</param>
    public void Count(CallKind kind, string name, string versionText, bool isSuccess) => _metrics?.Find(_current, name, versionText)?.Count(kind, isSuccess);

    /// <summary>Replaces the snapshot.</summary>
    internal void Publish(ServableTable table)
    {
        // Order: whoever finds a servable finds its counters.
        _metrics?.Follow(table);
        _current = table;
        Changed?.Invoke();
    }

    /// <summary>From now on nothing new is taken.</summary>
    internal void StartDraining()
    {
        _draining.Cancel();
        Changed?.Invoke();
    }
}
