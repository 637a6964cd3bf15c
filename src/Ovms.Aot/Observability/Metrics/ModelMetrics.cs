namespace Ovms.Observability.Metrics;

/// <summary>What is counted about one model, whatever its version, and its versions.</summary>
/// <param name="Name">Under which it is served.</param>
/// <param name="Calls">The kinds of calls that do not tell versions apart.</param>
/// <param name="Versions">Ascending.</param>
internal sealed record ModelMetrics(string Name, CallCounters Calls, IReadOnlyList<ServableMetrics> Versions)
{
    /// <summary>The counters of a version; null where it has none.</summary>
    public ServableMetrics? Find(long version)
    {
        foreach (ServableMetrics servable in Versions)
        {
            if (servable.Version == version)
            {
                return servable;
            }
        }

        return null;
    }
}
