namespace Ovms.Serving.Adaptive;

/// <summary>What is known of a model when it is decided whether its waiting calls are computed together.</summary>
/// <param name="InFlight">Calls in the server at a time, on average over the latest windows, waiting ones included.</param>
/// <param name="Rate">Calls answered a second; since they are computed together, if they are.</param>
/// <param name="Streams">Inferences that the form which serves otherwise computes at the same time; at least 1.</param>
/// <param name="CanBe">Whether the model has not shown that it cannot be.</param>
/// <param name="IsMade">Whether the form is compiled.</param>
/// <param name="Serves">Whether it computes new calls.</param>
/// <param name="Settled">How long the present arrangement serves.</param>
/// <param name="RateAlone">Calls a second when each was computed alone and calls waited; 0 if not measured for long enough.</param>
/// <param name="Refused">The calls in flight with which it was no faster at last; 0 if it was never tried so.</param>
/// <param name="SinceRefusal">How long ago that was.</param>
/// <param name="SinceBusy">How long the form has not served.</param>
/// <param name="IsCompared">Whether it was compared anew since calls wait.</param>
/// <param name="Failures">Inferences of several calls that failed since it serves.</param>
internal readonly record struct BatchFacts(
    double InFlight,
    double Rate,
    int Streams,
    bool CanBe,
    bool IsMade,
    bool Serves,
    TimeSpan Settled,
    double RateAlone,
    double Refused,
    TimeSpan SinceRefusal,
    TimeSpan SinceBusy,
    bool IsCompared,
    long Failures)
{
    /// <summary>Whether so many calls wait that each inference would have another one to take along.</summary>
    public bool IsBusy => InFlight >= (2 * Streams) + 0.8;

    /// <summary>Whether calls wait hardly ever.</summary>
    public bool IsQuiet => InFlight < Streams + 0.3;
}
