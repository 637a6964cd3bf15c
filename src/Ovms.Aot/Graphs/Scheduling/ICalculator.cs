using Ovms.Status;

namespace Ovms.Graphs.Scheduling;

/// <summary>
/// The code of one node in one running graph. Calls do not overlap unless the node's max_in_flight allows it; then only
/// <see cref="ProcessAsync"/> does, and the calculator must allow that. No method may block its thread: work that waits is awaited. A
/// failure,
/// returned or thrown, ends the graph; it should say what was expected, what came and what to do, without the node's name, which the
/// graph adds.
/// </summary>
internal interface ICalculator
{
    /// <summary>
    /// Runs once, before any packet: reads side packets, sets output side packets, may write packets. <see
    /// cref="CalculatorContext.Time"/> is
    /// Unstarted.
    /// </summary>
    ValueTask<Outcome> OpenAsync(CalculatorContext context) => new(Outcome.Ok);

    /// <summary>
    /// Runs at one time with the inputs of that time; in a node without inputs again and again until it calls
    /// <see cref="CalculatorContext.Stop"/>. Packets written appear downstream when the returned task is complete.
    /// </summary>
    ValueTask<Outcome> ProcessAsync(CalculatorContext context);

    /// <summary>
    /// Runs once after the last Process if Open succeeded, also after an error or cancellation (<see cref="CalculatorContext.HasFailed"/>):
    /// frees what the calculator holds, and may write last packets. <see cref="CalculatorContext.Time"/> is Done.
    /// </summary>
    ValueTask<Outcome> CloseAsync(CalculatorContext context) => new(Outcome.Ok);
}
