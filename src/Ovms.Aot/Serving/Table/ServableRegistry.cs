using Ovms.Serving.Draining;
using Ovms.Status;

namespace Ovms.Serving.Table;

/// <summary>
/// Holds the newest <see cref="ServableTable"/>. Calls read it without locks; only the loop of the model manager publishes a new one.
/// </summary>
internal sealed class ServableRegistry(Drain drain)
{
    private volatile ServableTable _current = ServableTable.Empty;

    /// <summary>
    /// Raised before a table becomes visible, on the thread that publishes it, so that handlers can prepare its servables. Handlers must
    /// be quick and must not throw.
    /// </summary>
    public event Action<ServableTable>? Publishing;

    /// <summary>
    /// Raised after every change of the table or of a servable's health, on the thread that made it. Handlers must be quick and must not
    /// throw.
    /// </summary>
    public event Action? Changed;

    /// <summary>The newest snapshot.</summary>
    public ServableTable Current => _current;

    /// <summary>Finds the rows of a model and version in the newest snapshot, for a call that will use them.</summary>
    public Outcome<(ModelEntry Model, VersionEntry Version)> Find(string name, string versionText) => Find(_current, name, versionText);

    /// <summary>As <see cref="Find(string, string)"/>, but fails too if the version's calls are refused because its device fails.</summary>
    public Outcome FindReady(string name, string versionText)
    {
        Outcome<(ModelEntry Model, VersionEntry Version)> found = Find(name, versionText);
        return found.IsOk ? found.Value.Version.Health : found.WithoutValue;
    }

    /// <summary>Leases a servable, or returns why there is none.</summary>
    /// <param name="name">The servable's name.</param>
    /// <param name="versionText">Digits; empty or "0" = the default version.</param>
    /// <param name="isInner">Whether a call that is in flight needs it, which may finish while the server drains.</param>
    public Outcome<ServableLease> Lease(string name, string versionText, bool isInner = false)
    {
        while (true)
        {
            ServableTable seen = _current;
            Outcome<(ModelEntry Model, VersionEntry Version)> found =
                isInner ? seen.Find(name, versionText) : Find(seen, name, versionText);
            if (!found.IsOk)
            {
                return found.WithoutValue;
            }

            if (found.Value.Version.Servable!.TryLease() is { } lease)
            {
                return lease;
            }

            // A servable retires only after a table without it was published. If the lease fails, the newest table has the replacement or
            // the reason.
            if (seen == _current)
            {
                return Outcome.Fail(drain.IsDraining ? StatusCode.ServerShuttingDown : StatusCode.ModelVersionNotLoadedAnymore);
            }
        }
    }

    /// <summary>Raises <see cref="Changed"/> after a change of a servable's health.</summary>
    internal void RaiseChanged() => Changed?.Invoke();

    /// <summary>Replaces the snapshot.</summary>
    internal void Publish(ServableTable table)
    {
        Publishing?.Invoke(table);
        _current = table;
        RaiseChanged();
    }

    private Outcome<(ModelEntry Model, VersionEntry Version)> Find(ServableTable table, string name, string versionText)
    {
        Outcome<(ModelEntry Model, VersionEntry Version)> found = table.Find(name, versionText);

        // Checked last: while the server stops its models are being unloaded, and callers must get the error of the server, not of the
        // models.
        return drain.IsDraining ? Outcome.Fail(StatusCode.ServerShuttingDown) : found;
    }
}
