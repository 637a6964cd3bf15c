namespace Ovms.Observability.Metrics;

/// <summary>The counters of one model and of its versions.</summary>
/// <param name="Name">The served name.</param>
/// <param name="Calls">Calls of the kinds whose series have no version label.</param>
/// <param name="Text">Requests for text.</param>
/// <param name="Versions">Ascending.</param>
internal sealed record ModelMetrics(string Name, CallCounters Calls, TextCounters Text, IReadOnlyList<ServableMetrics> Versions)
{
    /// <summary>The counters of a version; null if there are none.</summary>
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
