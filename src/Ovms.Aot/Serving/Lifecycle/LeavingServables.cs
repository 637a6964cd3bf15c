using System.Collections.Immutable;
using Ovms.Observability;
using Ovms.Serving.Table;

namespace Ovms.Serving.Lifecycle;

/// <summary>
/// The servables that were released and are not freed yet. Changed by the loop of <see cref="ModelManager"/>, read by any thread.
/// </summary>
/// <param name="post">Receives the signal that one was freed.</param>
/// <param name="log">Logs unexpected exceptions of freeing.</param>
internal sealed class LeavingServables(Action<Signal> post, ILogger log)
{
    private volatile ImmutableHashSet<Servable> _leaving = [];

    /// <summary>All of them.</summary>
    public IEnumerable<Servable> All => _leaving;

    /// <summary>Whether there are any.</summary>
    public bool Any => !_leaving.IsEmpty;

    /// <summary>Whether calls still use one.</summary>
    public bool HaveCalls => _leaving.Any(static servable => servable.CallsLeft > 0);

    /// <summary>Whether calls of compositions run. They lease their models one after the other, which must stay until then.</summary>
    /// <param name="staying">The servables that were not released yet.</param>
    public bool HaveComposedCalls(IEnumerable<Servable> staying) =>
        _leaving.Any(static servable => servable is { Composition: not null, CallsLeft: > 0 })
        || staying.Any(static servable => servable is { Composition: not null, CallsNow: > 0 });

    /// <summary>Whether each is still held, so that none is being freed.</summary>
    public bool AreHeld => _leaving.All(static servable => servable.IsHeld);

    /// <summary>A servable was released.</summary>
    public void Add(ServableId id, Servable servable)
    {
        _leaving = _leaving.Add(servable);
        _ = servable.Drained.ContinueWith(
            _ => post(new Signal.Drained(id, servable)),
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>A servable was freed or left behind.</summary>
    public void Remove(Servable servable)
    {
        _leaving = _leaving.Remove(servable);
        if (servable.FreeingFault is { } surprise)
        {
            Log.FreeingSurprised(log, servable.Id.Name, servable.Id.Version, surprise);
        }
    }

    /// <summary>The calls that a stop still waits for: "m (version 1): 2 calls"; empty if there are none.</summary>
    /// <param name="staying">The servables that were not released yet.</param>
    public string DescribeCalls(IEnumerable<Servable> staying) => string.Join("; ", _leaving
        .Select(static servable => (servable.Id, Calls: servable.CallsLeft))
        .Concat(staying.Select(static servable => (servable.Id, Calls: servable.CallsNow)))
        .Where(static left => left.Calls > 0)
        .OrderBy(static left => left.Id.Name, StringComparer.Ordinal)
        .Select(static left => $"{left.Id.Name} (version {left.Id.VersionText}): {left.Calls} {(left.Calls == 1 ? "call" : "calls")}"));
}
