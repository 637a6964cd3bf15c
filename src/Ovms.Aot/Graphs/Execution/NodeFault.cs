using Ovms.Graphs.Calculators.OpenVino;
using Ovms.Status;

namespace Ovms.Graphs.Execution;

/// <summary>Adds the node to the failure of its inference.</summary>
internal static class NodeFault
{
    /// <summary>A model that cannot be called.</summary>
    /// <param name="node">How faults name the node.</param>
    /// <param name="session">The model.</param>
    /// <param name="cause">Why not.</param>
    public static Outcome OfModel(string node, ModelSession session, Outcome cause) => Of(node, InferenceFault.OfModel(session, cause));

    /// <summary>An inference that failed.</summary>
    public static Outcome OfInference(string node, Outcome cause) => Of(node, InferenceFault.Of(cause));

    private static Outcome Of(string node, Outcome cause) => cause.Code is StatusCode.Cancelled or StatusCode.ServerShuttingDown
        ? cause
        : Outcome.Fail(cause.Code, cause.Detail is null ? node : $"{node}: {cause.Detail}");
}
