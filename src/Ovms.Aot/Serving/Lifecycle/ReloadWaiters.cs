using Ovms.Serving.Table;

namespace Ovms.Serving.Lifecycle;

/// <summary>
/// Those who wait for a reload: first for a look, then for the loads and unloads that follow from it, and last for the end of what is
/// being let go. Following goes on while somebody waits for that end. Used by the loop of <see cref="ModelManager"/> only.
/// </summary>
/// <param name="drain">How long a version that is let go is waited for; after that time it is shown as UNLOADING.</param>
internal sealed class ReloadWaiters(TimeSpan drain)
{
    private readonly List<PendingReload> _asked = [];
    private readonly List<PendingReload> _underway = [];
    private readonly List<PendingReload> _carriedOut = [];
    private readonly Dictionary<Servable, TimeSpan> _leaving = [];

    /// <summary>Whether somebody asks for a look.</summary>
    public bool IsAsked => _asked.Count > 0;

    /// <summary>Whether somebody waits for what follows from a look.</summary>
    public bool IsUnderway => _underway.Count > 0;

    /// <summary>How many requests it holds.</summary>
    public int Count => _asked.Count + _underway.Count + _carriedOut.Count;

    /// <summary>Takes a request, and forgets those that nobody waits for any more: callers who come and leave do not pile up.</summary>
    public void Ask(PendingReload reload)
    {
        _asked.RemoveAll(static left => left.IsLeft);
        _underway.RemoveAll(static left => left.IsLeft);
        _carriedOut.RemoveAll(static left => left.IsLeft);
        _asked.Add(reload);
    }

    /// <summary>A look begins: all who ask share it.</summary>
    public void BeginLook()
    {
        _underway.AddRange(_asked);
        _asked.Clear();
    }

    /// <summary>The look has ended.</summary>
    /// <param name="look">Its number, or that of the one before where it failed.</param>
    public void EndLook(long look)
    {
        foreach (PendingReload reload in _underway)
        {
            reload.Look ??= look;
        }
    }

    /// <summary>Something was loaded, let go or taken over.</summary>
    public void MarkChange() => _underway.ForEach(static reload => reload.Changed = true);

    /// <summary>A version was let go; its last calls may still compute.</summary>
    public void Leaves(Servable servable, TimeSpan now) => _leaving[servable] = now + drain;

    /// <summary>The last call of a version that was let go has ended.</summary>
    public void Left(Servable servable) => _leaving.Remove(servable);

    /// <summary>All that follows from looks is done; what was let go may still have to end.</summary>
    /// <param name="status">How things stand.</param>
    /// <param name="isHeld">Whether loads hold up those who waited for a look.</param>
    /// <returns>Whether something changed for one of those whose reload is carried out.</returns>
    public bool CarryOut(ReloadStatus status, Func<long, bool> isHeld)
    {
        PendingReload[] done = [.. _underway.Where(reload => reload.Look is { } look && !isHeld(look))];
        foreach (PendingReload reload in done)
        {
            reload.CarryOut(status, _leaving.Keys);
            _carriedOut.Add(reload);
            _underway.Remove(reload);
        }

        return done.Any(static reload => reload.Changed);
    }

    /// <summary>Tells those who have nothing left to wait for.</summary>
    /// <returns>When to come again though nothing ends; null for never.</returns>
    public TimeSpan? Release(TimeSpan now)
    {
        TimeSpan? next = null;
        foreach (PendingReload reload in _carriedOut.ToArray())
        {
            TimeSpan until = reload.WaitsFor.Max(servable => _leaving.TryGetValue(servable, out TimeSpan limit) ? limit : (TimeSpan?)null) ?? now;
            if (until > now)
            {
                next = next < until ? next : until;
                continue;
            }

            _carriedOut.Remove(reload);
            reload.End();
        }

        return next;
    }

    /// <summary>Tells all that there will be no end.</summary>
    public void GiveUp()
    {
        foreach (PendingReload reload in _asked.Concat(_underway).Concat(_carriedOut))
        {
            reload.GiveUp();
        }
    }
}
