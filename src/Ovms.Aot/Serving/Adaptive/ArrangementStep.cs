namespace Ovms.Serving.Adaptive;

/// <summary>What is done about a model's arrangement.</summary>
internal enum ArrangementStep
{
    /// <summary>Nothing.</summary>
    Stay,

    /// <summary>The other form is compiled beside what serves.</summary>
    Make,

    /// <summary>The throughput form computes new calls.</summary>
    UseThroughput,

    /// <summary>The first form computes new calls, because few come.</summary>
    UseLatency,

    /// <summary>What served before computes new calls, because the other form is no faster with these.</summary>
    Refuse,

    /// <summary>Waiting calls are computed together.</summary>
    UseBatches,

    /// <summary>Calls are computed as before they were computed together, because few come.</summary>
    EndBatches,

    /// <summary>Each call is computed alone for a moment, to compare both.</summary>
    Compare,

    /// <summary>The other form is freed, because it was not used for long.</summary>
    Free,
}
