using Ovms.Observability.Metrics;
using Ovms.Options;
using Ovms.Serving.Lifecycle;
using Ovms.Status;

namespace Ovms.Serving.Table;

/// <summary>
/// Holds the current <see cref="ServableTable"/>. Requests read it without locks; only the <see cref="ServingBoard"/> publishes a new one.
/// </summary>
internal sealed class ServableRegistry
{
    private TableMetrics? _metrics;

    private volatile ServableTable _current = ServableTable.Empty;

    private volatile Func<CancellationToken, Task<Outcome<ReloadResult>>>? _reloads;

    private volatile ReloadStatus _reload = ReloadStatus.None;

    private readonly CancellationTokenSource _draining = new();

    /// <summary>Told after every change of the table, of a reload's status or of draining, on the thread that made it; must be quick and must not throw.</summary>
    public event Action? Changed;

    /// <summary>The newest snapshot.</summary>
    public ServableTable Current => _current;

    /// <summary>Whether the server finishes what is in flight and takes nothing new.</summary>
    public bool IsDraining => _draining.IsCancellationRequested;

    /// <summary>Cancelled when the server begins to drain.</summary>
    public CancellationToken Draining => _draining.Token;

    /// <summary>Answers that callers are still reading.</summary>
    public AnswersUnderway Answers { get; } = new();

    /// <summary>Whether the models that readiness asks for are available and the server is not draining.</summary>
    public bool IsReady => !IsDraining && ReadyWhen switch
    {
        ReadyRule.Any => _current.AnyAvailable,
        ReadyRule.Tried => AllTried,
        _ => _current.AllAvailable && !AwaitsFirstAttempts,
    };

    /// <summary>What readiness asks for; set once, before anything is served.</summary>
    public ReadyRule ReadyWhen { get; init; } = ReadyRule.All;

    /// <summary>Whether every model that was configured at the start has been tried.</summary>
    public bool AllTried { get; private set; }

    /// <summary>Whether a version that the start or a change asks for was not tried yet.</summary>
    public bool AwaitsFirstAttempts { get; private set; }

    /// <summary>How the last reload went.</summary>
    public ReloadStatus Reload
    {
        get => _reload;
        internal set
        {
            _reload = value;
            Changed?.Invoke();
        }
    }

    /// <summary>A model's and its version's row in the newest snapshot, for a caller who means to use it.</summary>
    public Outcome<(ModelEntry Model, VersionEntry Version)> Find(string name, string versionText) => Find(_current, name, versionText);

    /// <summary>The right to use a servable, or why there is none.</summary>
    public Outcome<ServableLease> Lease(string name, string versionText)
    {
        while (true)
        {
            ServableTable seen = _current;
            Outcome<(ModelEntry Model, VersionEntry Version)> found = Find(seen, name, versionText);
            if (!found.IsOk)
            {
                return found.WithoutValue;
            }

            if (found.Value.Version.Servable!.TryLease() is { } lease)
            {
                return lease;
            }

            // A servable retires only after a table without it was published: where the lease comes too late, the newest table has what
            // took its place, or says that nothing did.
            if (seen == _current)
            {
                return Outcome.Fail(IsDraining ? StatusCode.ServerShuttingDown : StatusCode.ModelVersionNotLoadedAnymore);
            }
        }
    }

    /// <summary>From now on everything is counted. Called before the first table is published.</summary>
    public void CountIn(ServerMetrics metrics) => _metrics = new TableMetrics(metrics.Models);

    /// <summary>Counts a call that was answered about a version; one that names nothing known is not counted.</summary>
    /// <param name="kind">What was asked.</param>
    /// <param name="name">The servable's name.</param>
    /// <param name="versionText">As the caller wrote it.</param>
    /// <param name="isSuccess">Whether the answer is the one asked for.</param>
    public void Count(CallKind kind, string name, string versionText, bool isSuccess) => _metrics?.Find(_current, name, versionText)?.Count(kind, isSuccess);

    /// <summary>Asks for a reload, as <see cref="ModelManager.ReloadAsync"/>; refused while the server starts.</summary>
    public Task<Outcome<ReloadResult>> ReloadAsync(CancellationToken cancellation) =>
        _reloads is { } reloads ? reloads(cancellation) : Task.FromResult<Outcome<ReloadResult>>(Outcome.Fail(StatusCode.ServerNotReady));

    /// <summary>Who executes reloads.</summary>
    internal void ReloadBy(Func<CancellationToken, Task<Outcome<ReloadResult>>> reloads) => _reloads = reloads;

    /// <summary>Replaces the snapshot.</summary>
    internal void Publish(ServableTable table)
    {
        // Order: whoever finds a servable finds its counters.
        _metrics?.Follow(table);
        _current = table;
        Changed?.Invoke();
    }

    /// <summary>Every model that was configured at the start has been tried.</summary>
    internal void SetAllTried()
    {
        AllTried = true;
        Changed?.Invoke();
    }

    /// <summary>Versions that the start or a change asks for are to be tried, or have been.</summary>
    internal void SetAwaitsFirstAttempts(bool awaits)
    {
        if (AwaitsFirstAttempts != awaits)
        {
            AwaitsFirstAttempts = awaits;
            Changed?.Invoke();
        }
    }

    /// <summary>From now on nothing new is taken.</summary>
    internal void StartDraining()
    {
        _draining.Cancel();
        Changed?.Invoke();
    }

    private Outcome<(ModelEntry Model, VersionEntry Version)> Find(ServableTable table, string name, string versionText)
    {
        Outcome<(ModelEntry Model, VersionEntry Version)> found = table.Find(name, versionText);

        // Asked last: while the server stops its models are being retired, and a caller must hear that the server is going, not they.
        return IsDraining ? Outcome.Fail(StatusCode.ServerShuttingDown) : found;
    }
}
