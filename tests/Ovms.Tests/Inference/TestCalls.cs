using Ovms.Inference;
using Ovms.Serving.Draining;
using Ovms.Serving.Lifecycle;
using Ovms.Serving.Table;

namespace Ovms.Tests.Inference;

/// <summary>What opens calls in tests.</summary>
internal static class TestCalls
{
    /// <summary>Over all that a server shares.</summary>
    public static ModelCalls Of(Served served) => new(served.Registry, served.Counts, served.Drain.Answers);

    /// <summary>Over a table alone; nothing is counted.</summary>
    public static ModelCalls Of(ServableRegistry registry, AnswersUnderway? answers = null) =>
        new(registry, new CallCounts(registry, metrics: null), answers ?? new AnswersUnderway());
}
