using Ovms.Options;
using Ovms.Serving.Draining;
using Ovms.Serving.Table;

namespace Ovms.Serving.Lifecycle;

/// <summary>Whether the server is ready, by the rule of its options.</summary>
/// <remarks>It is evaluated at every question from the newest table, so that it cannot differ from what a call would find.</remarks>
internal sealed class Readiness
{
    private readonly ServableRegistry _registry;
    private readonly Drain _drain;
    private readonly ReadyRule _rule;
    private volatile bool _allTried;
    private volatile bool _awaitsFirstAttempts;

    /// <summary>Follows the registry and the drain; all three live equally long.</summary>
    public Readiness(ServableRegistry registry, Drain drain, ReadyRule rule)
    {
        (_registry, _drain, _rule) = (registry, drain, rule);
        registry.Changed += RaiseChanged;
        drain.Draining.Register(RaiseChanged);
    }

    /// <summary>
    /// Raised after every change of the table, of a servable's health, of first attempts or of draining, on the thread that made the
    /// change. Handlers must be quick and must not throw.
    /// </summary>
    public event Action? Changed;

    /// <summary>Whether the models that the rule demands are available and the server is not draining.</summary>
    public bool IsReady => !_drain.IsDraining && _rule switch
    {
        ReadyRule.Any => _registry.Current.AnyReady,
        ReadyRule.Tried => AllTried,
        _ => _registry.Current.AllReady && !AwaitsFirstAttempts,
    };

    /// <summary>Whether every model that was configured at the start has been tried.</summary>
    public bool AllTried => _allTried;

    /// <summary>Whether a version that the start or a change added was not tried yet.</summary>
    public bool AwaitsFirstAttempts => _awaitsFirstAttempts;

    /// <summary>Records that every model configured at the start has been tried.</summary>
    internal void SetAllTried()
    {
        _allTried = true;
        RaiseChanged();
    }

    /// <summary>Records whether first attempts are outstanding.</summary>
    internal void SetAwaitsFirstAttempts(bool awaits)
    {
        if (_awaitsFirstAttempts != awaits)
        {
            _awaitsFirstAttempts = awaits;
            RaiseChanged();
        }
    }

    private void RaiseChanged() => Changed?.Invoke();
}
