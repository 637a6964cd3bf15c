using System.Diagnostics.Metrics;

namespace Ovms.Observability.Metrics;

/// <summary>The distributions as instruments of the runtime, recorded to only while somebody listens.</summary>
internal sealed class CallTimers(Meter meter)
{
    private const string Microseconds = "us";

    /// <summary>Whole calls.</summary>
    public Histogram<double> Request { get; } = Create(meter, MetricFamilies.RequestTime);

    /// <summary>Inferences.</summary>
    public Histogram<double> Inference { get; } = Create(meter, MetricFamilies.InferenceTime);

    /// <summary>Waits for an infer request.</summary>
    public Histogram<double> Wait { get; } = Create(meter, MetricFamilies.WaitForInferRequest);

    private static Histogram<double> Create(Meter meter, MetricFamily family) => meter.CreateHistogram<double>(family.Name, Microseconds, family.Help);
}
