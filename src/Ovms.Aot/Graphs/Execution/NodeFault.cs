using Ovms.Status;

namespace Ovms.Graphs.Execution;

/// <summary>Words the failure of a node for the caller of its graph: the node, its calculator and the cause.</summary>
internal static class NodeFault
{
    /// <summary>A model that cannot be called.</summary>
    public static Outcome OfModel(StraightStep step, Outcome cause) => cause.Code is StatusCode.ServerShuttingDown
        ? cause
        : Outcome.Fail(StatusCode.GraphPrecondition, $"{step.Described}: its model {step.Session.Model}: {cause.Text}");

    /// <summary>An inference that failed. What the request brought about is a fault of the graph's execution; other codes stay.</summary>
    public static Outcome Of(StraightStep step, Outcome cause) => cause.Code switch
    {
        StatusCode.Cancelled => cause,
        { } code when code.ToHttp() is 400 => Outcome.Fail(StatusCode.GraphExecutionError, $"{step.Described}: {cause.Text}"),
        { } code => Outcome.Fail(code, $"{step.Described}{(cause.Detail is null ? "" : $": {cause.Detail}")}"),
    };
}
