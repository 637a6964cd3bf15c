using System.Collections.Immutable;
using Ovms.Serving.Signatures;

namespace Ovms.Pipelines.Definitions;

/// <summary>A pipeline whose nodes, connections and parts were checked. Immutable.</summary>
/// <param name="Name">The pipeline's name.</param>
/// <param name="Nodes">The nodes so that each comes after those it takes inputs from: the request first, the response last.</param>
/// <param name="Signature">What callers send and get.</param>
/// <param name="EmptyResult">Whether a demultiplexer that finds nothing gives outputs with 0 in the gathered dimension.</param>
internal sealed record PipelinePlan(string Name, ImmutableArray<PlannedNode> Nodes, Signature Signature, bool EmptyResult)
{
    /// <summary>The index of the response.</summary>
    public int Response => Nodes.Length - 1;
}
