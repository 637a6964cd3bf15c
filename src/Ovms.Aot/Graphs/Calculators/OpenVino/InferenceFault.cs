using Ovms.Status;

namespace Ovms.Graphs.Calculators.OpenVino;

/// <summary>Words the failure of an inference for the caller of a graph, without the node's name.</summary>
internal static class InferenceFault
{
    private const int CallersFault = 400;

    /// <summary>A model that cannot be called.</summary>
    public static Outcome OfModel(ModelSession session, Outcome cause) => cause.Code is StatusCode.ServerShuttingDown
        ? cause
        : Outcome.Fail(StatusCode.GraphPrecondition, $"its model {session.Model}: {cause.Text}");

    /// <summary>An inference that failed. What the request brought about is a fault of the graph's execution; other codes stay.</summary>
    public static Outcome Of(Outcome cause) =>
        cause.Code.ToHttp() == CallersFault ? Outcome.Fail(StatusCode.GraphExecutionError, cause.Text) : cause;
}
