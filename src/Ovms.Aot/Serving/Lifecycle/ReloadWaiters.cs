using Ovms.Serving.Table;

namespace Ovms.Serving.Lifecycle;

/// <summary>
/// The requests that wait for a reload: for a look, then for its loads and unloads, and last for the servables being released.
/// </summary>
/// <remarks>
/// Looks, loads and unloads continue while requests wait for that end. Used only by the loop of <see cref="ModelManager"/>.
/// </remarks>
/// <param name="drain">How long to wait for a version being released; after that time the reload ends and shows it as UNLOADING.</param>
internal sealed class ReloadWaiters(TimeSpan drain)
{
    private readonly List<PendingReload> _asked = [];
    private readonly List<PendingReload> _underway = [];
    private readonly List<PendingReload> _carriedOut = [];
    private readonly Dictionary<Servable, TimeSpan> _leaving = [];

    /// <summary>Whether a request waits for a look to begin.</summary>
    public bool IsAsked => _asked.Count > 0;

    /// <summary>Whether a request waits for a look's end or for what follows from it.</summary>
    public bool IsUnderway => _underway.Count > 0;

    /// <summary>Number of requests held.</summary>
    public int Count => _asked.Count + _underway.Count + _carriedOut.Count;

    /// <summary>Adds a request, and drops those whose requesters have left, so that they do not pile up.</summary>
    public void Ask(PendingReload reload)
    {
        _asked.RemoveAll(static left => left.IsLeft);
        _underway.RemoveAll(static left => left.IsLeft);
        _carriedOut.RemoveAll(static left => left.IsLeft);
        _asked.Add(reload);
    }

    /// <summary>A look begins. All waiting requests share it.</summary>
    public void BeginLook()
    {
        _underway.AddRange(_asked);
        _asked.Clear();
    }

    /// <summary>A look has ended.</summary>
    /// <param name="look">Its number, or that of the previous one if it failed.</param>
    /// <param name="now">The current time.</param>
    public void EndLook(long look, TimeSpan now) => _underway.ForEach(reload => reload.EndLook(look, now + drain));

    /// <summary>Records that something was loaded, unloaded or configured anew.</summary>
    public void MarkChange() => _underway.ForEach(static reload => reload.Changed = true);

    /// <summary>A version is being released. Its last calls may still compute.</summary>
    public void Leaves(Servable servable, TimeSpan now) => _leaving[servable] = now + drain;

    /// <summary>The last call of a released version has ended.</summary>
    public void Left(Servable servable) => _leaving.Remove(servable);

    /// <summary>Marks reloads as done whose loads and unloads are finished. Released servables may still have to end.</summary>
    /// <param name="status">The current status.</param>
    /// <param name="isHeld">Whether running loads hold up a reload whose look has ended.</param>
    /// <returns>Whether anything changed for one of the reloads that are done.</returns>
    public bool CarryOut(ReloadStatus status, Func<PendingReload, bool> isHeld)
    {
        PendingReload[] done = [.. _underway.Where(reload => reload.Look is not null && !isHeld(reload))];
        foreach (PendingReload reload in done)
        {
            reload.CarryOut(status, _leaving.Keys);
            _carriedOut.Add(reload);
            _underway.Remove(reload);
        }

        return done.Any(static reload => reload.Changed);
    }

    /// <summary>Answers the requests that have nothing left to wait for.</summary>
    /// <returns>When to call again if nothing ends before; null = never.</returns>
    public TimeSpan? Release(TimeSpan now)
    {
        TimeSpan? next = _underway.Where(reload => reload.WaitsUntil > now).Min(static reload => (TimeSpan?)reload.WaitsUntil);
        foreach (PendingReload reload in _carriedOut.ToArray())
        {
            TimeSpan until = reload.WaitsFor
                .Max(servable => _leaving.TryGetValue(servable, out TimeSpan limit) ? limit : (TimeSpan?)null) ?? now;
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

    /// <summary>Cancels all requests.</summary>
    public void GiveUp()
    {
        foreach (PendingReload reload in _asked.Concat(_underway).Concat(_carriedOut))
        {
            reload.GiveUp();
        }
    }
}
