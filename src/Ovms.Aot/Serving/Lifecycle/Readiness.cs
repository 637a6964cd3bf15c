using Ovms.Options;
using Ovms.Serving.Draining;
using Ovms.Serving.Table;

namespace Ovms.Serving.Lifecycle;

/// <summary>
/// Whether the server is ready, by the rule of its options: decided anew at each question, from the newest table, so that it cannot
/// differ from what a call would meet.
/// </summary>
internal sealed class Readiness
{
    private readonly ServableRegistry _registry;
    private readonly Drain _drain;
    private readonly ReadyRule _rule;
    private volatile bool _allTried;
    private volatile bool _awaitsFirstAttempts;

    /// <summary>Follows a registry and its drain for as long as all live.</summary>
    public Readiness(ServableRegistry registry, Drain drain, ReadyRule rule)
    {
        (_registry, _drain, _rule) = (registry, drain, rule);
        registry.Changed += Tell;
        drain.Draining.Register(Tell);
    }

    /// <summary>
    /// Told after every change of what readiness is decided from: the table, first attempts, draining. Told on the thread that made the
    /// change; must be quick and must not throw.
    /// </summary>
    public event Action? Changed;

    /// <summary>Whether the models that the rule asks for are available and the server is not draining.</summary>
    public bool IsReady => !_drain.IsDraining && _rule switch
    {
        ReadyRule.Any => _registry.Current.AnyAvailable,
        ReadyRule.Tried => AllTried,
        _ => _registry.Current.AllAvailable && !AwaitsFirstAttempts,
    };

    /// <summary>Whether every model that was configured at the start has been tried.</summary>
    public bool AllTried => _allTried;

    /// <summary>Whether a version that the start or a change asks for was not tried yet.</summary>
    public bool AwaitsFirstAttempts => _awaitsFirstAttempts;

    /// <summary>Every model that was configured at the start has been tried.</summary>
    internal void SetAllTried()
    {
        _allTried = true;
        Tell();
    }

    /// <summary>Versions that the start or a change asks for are to be tried, or have been.</summary>
    internal void SetAwaitsFirstAttempts(bool awaits)
    {
        if (_awaitsFirstAttempts != awaits)
        {
            _awaitsFirstAttempts = awaits;
            Tell();
        }
    }

    private void Tell() => Changed?.Invoke();
}
