using Ovms.Inference;
using Ovms.Serving.Draining;
using Ovms.Serving.Lifecycle;
using Ovms.Serving.Table;
using Ovms.SharedMemory;

namespace Ovms.Tests.Inference;

/// <summary>What opens calls in tests.</summary>
internal static class TestCalls
{
    /// <summary>Over all that a server shares.</summary>
    public static ModelCalls Of(Served served, SharedRegions? regions = null) =>
        new(served.Registry, served.Counts, served.Drain.Answers, regions: regions);

    /// <summary>Over a table alone; nothing is counted.</summary>
    public static ModelCalls Of(ServableRegistry registry, AnswersUnderway? answers = null) =>
        new(registry, new CallCounts(registry, metrics: null), answers ?? new AnswersUnderway());
}
