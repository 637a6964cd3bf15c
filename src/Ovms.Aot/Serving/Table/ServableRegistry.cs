using Ovms.Serving.Draining;
using Ovms.Status;

namespace Ovms.Serving.Table;

/// <summary>
/// Holds the current <see cref="ServableTable"/>. Calls read it without locks and lease from it; only the loop that loads and unloads
/// models publishes a new one.
/// </summary>
internal sealed class ServableRegistry(Drain drain)
{
    private volatile ServableTable _current = ServableTable.Empty;

    /// <summary>
    /// Told of a table before anybody can find it, on the thread that publishes it; must be quick and must not throw. Whoever finds a
    /// servable finds what was prepared for it here.
    /// </summary>
    public event Action<ServableTable>? Publishing;

    /// <summary>Told after every change of the table, on the thread that made it; must be quick and must not throw.</summary>
    public event Action? Changed;

    /// <summary>The newest snapshot.</summary>
    public ServableTable Current => _current;

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
                return Outcome.Fail(drain.IsDraining ? StatusCode.ServerShuttingDown : StatusCode.ModelVersionNotLoadedAnymore);
            }
        }
    }

    /// <summary>Replaces the snapshot.</summary>
    internal void Publish(ServableTable table)
    {
        Publishing?.Invoke(table);
        _current = table;
        Changed?.Invoke();
    }

    private Outcome<(ModelEntry Model, VersionEntry Version)> Find(ServableTable table, string name, string versionText)
    {
        Outcome<(ModelEntry Model, VersionEntry Version)> found = table.Find(name, versionText);

        // Asked last: while the server stops its models are being retired, and a caller must hear that the server is going, not they.
        return drain.IsDraining ? Outcome.Fail(StatusCode.ServerShuttingDown) : found;
    }
}
