using Ovms.Observability;

namespace Ovms.Serving.Loading;

/// <summary>Logs what is noticed while a version is loaded.</summary>
internal static class LoadWarnings
{
    /// <summary>Logs warnings about a version.</summary>
    public static void Tell(ILogger log, ServableId id, IEnumerable<string> warnings)
    {
        foreach (string warning in warnings)
        {
            Log.Warning(log, $"Model {id.Name}; version: {id.VersionText}: {warning}");
        }
    }
}
