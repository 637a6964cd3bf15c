namespace Ovms.Serving.Adaptive;

/// <summary>What is done about a model's arrangement.</summary>
internal enum ArrangementStep
{
    /// <summary>Nothing.</summary>
    Stay,

    /// <summary>The throughput form is compiled beside the first one.</summary>
    Make,

    /// <summary>The throughput form computes new calls.</summary>
    UseThroughput,

    /// <summary>The first form computes new calls, because few come.</summary>
    UseLatency,

    /// <summary>The first form computes new calls, because the throughput form is no faster with these.</summary>
    Refuse,

    /// <summary>The throughput form is freed, because it was not used for long.</summary>
    Free,
}
