using Ovms.Generation.Scheduling;
using Ovms.Serving;
using Ovms.Serving.Health;

namespace Ovms.Generation.Loading;

/// <summary>
/// Tells the server what an engine says of itself: that a step hangs, that it has ended after all, or that the engine has failed and the
/// model must be loaded again.
/// </summary>
/// <param name="id">The model and version.</param>
/// <param name="health">The model's health, as its callers see it.</param>
/// <param name="changed">Called after each change.</param>
internal sealed class EngineHealth(ServableId id, ServableHealth health, Action changed)
{
    private volatile GenerationEngine? _engine;

    /// <summary>Names the engine, which already uses <see cref="Take"/>.</summary>
    public void Watch(GenerationEngine engine)
    {
        _engine = engine;
        if (engine.Unhealthy is { } reason)
        {
            // It failed before it was known here.
            Take(reason);
        }
    }

    /// <summary>Takes why the model cannot compute, and null when it can again.</summary>
    public void Take(string? reason)
    {
        bool isLost = _engine?.HasFailed == true;
        string advice = isLost ? ". The server loads it again" : "";
        health.Set(reason is null ? null : $"{id.Name}; version: {id.VersionText}: {reason}{advice}", isLost);
        changed();
    }
}
