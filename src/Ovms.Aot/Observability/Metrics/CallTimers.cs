using System.Diagnostics.Metrics;

namespace Ovms.Observability.Metrics;

/// <summary>Histogram instruments of .NET; they record only while a listener is attached.</summary>
internal sealed class CallTimers(Meter meter)
{
    private const string Microseconds = "us";

    /// <summary>Duration of whole calls.</summary>
    public Histogram<double> Request { get; } = Create(meter, MetricFamilies.RequestTime);

    /// <summary>Duration of inferences.</summary>
    public Histogram<double> Inference { get; } = Create(meter, MetricFamilies.InferenceTime);

    /// <summary>Waiting times for an infer request.</summary>
    public Histogram<double> Wait { get; } = Create(meter, MetricFamilies.WaitForInferRequest);

    private static Histogram<double> Create(Meter meter, MetricFamily family) =>
        meter.CreateHistogram<double>(family.Name, Microseconds, family.Help);
}
