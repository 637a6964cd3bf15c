namespace Ovms.Serving.Adaptive;

/// <summary>What is known of a model when its arrangement is chosen.</summary>
/// <param name="InFlight">Calls in the server at a time, on average over the latest window, waiting ones included.</param>
/// <param name="Rate">Calls answered a second in that window.</param>
/// <param name="Streams">Inferences that the first form computes at the same time; at least 1.</param>
/// <param name="IsMade">Whether the throughput form is compiled.</param>
/// <param name="Serves">Whether the throughput form computes new calls.</param>
/// <param name="Settled">How long the present arrangement serves.</param>
/// <param name="LatencyRate">Calls a second that the first form reached while calls waited; 0 if not measured.</param>
/// <param name="Refused">The calls in flight with which the throughput form was no faster at last; 0 if it was never tried so.</param>
/// <param name="SinceRefusal">How long ago that was.</param>
/// <param name="SinceBusy">How long the throughput form has not served.</param>
internal readonly record struct ArrangementFacts(
    double InFlight,
    double Rate,
    int Streams,
    bool IsMade,
    bool Serves,
    TimeSpan Settled,
    double LatencyRate,
    double Refused,
    TimeSpan SinceRefusal,
    TimeSpan SinceBusy)
{
    /// <summary>Whether calls wait for the first form, or would.</summary>
    public bool IsBusy => InFlight >= Streams + 0.8;
}
