using Ovms.Configuration.Pipelines;
using Ovms.Native;
using Ovms.Pipelines.Libraries;
using Ovms.Status;

namespace Ovms.Pipelines.Definitions;

/// <summary>Checks one node against its model or library: what it splits, what it gathers, and the outputs that it names.</summary>
internal static class NodeCheck
{
    // The part behind the first dimension must still have a batch and something in it, as in the original.
    private const int LeastRank = 3;

    /// <summary>The faults, in the order of the original's checks.</summary>
    public static IEnumerable<Outcome> Faults(
        PipelineConfig config, PipelineNode node, NodeSignature signature, IReadOnlyDictionary<string, PipelineNode> nodes)
    {
        if (node.DemultiplyCount is not null
            && (signature.Inputs.Any(IsString) || node.Outputs.Any(output => Find(signature, output.Item) is { } port && IsString(port))))
        {
            yield return Outcome.Fail(StatusCode.PipelineStringDemultiplication, $"Node: {node.Name}");
        }

        Outcome gather = CheckGather(config, node, nodes);
        foreach (Outcome fault in node.Outputs.Select(output => CheckOutput(node, signature, output)).Prepend(gather))
        {
            if (!fault.IsOk)
            {
                yield return fault;
            }
        }
    }

    private static bool IsString(NodePort port) => port.Type == ElementType.String;

    private static NodePort? Find(NodeSignature signature, string name) =>
        signature.Outputs.FirstOrDefault(port => port.Name == name);

    private static Outcome CheckGather(PipelineConfig config, PipelineNode node, IReadOnlyDictionary<string, PipelineNode> nodes)
    {
        if (node.GatherFrom.Length == 0)
        {
            return Outcome.Ok;
        }

        if (node.GatherFrom == PipelineConfig.Request)
        {
            return Outcome.Fail(
                StatusCode.PipelineGatherFromEntry,
                $"Node: {node.Name}; the parts of the request are gathered in the response; leave gather_from_node out."
                    + (config.DemultiplyCount is null ? " The request is not split either." : ""));
        }

        return !nodes.TryGetValue(node.GatherFrom, out PipelineNode? from)
            ? Outcome.Fail(StatusCode.PipelineGatherFromMissingNode, $"Node: {node.Name}; gather_from_node: {node.GatherFrom}")
            : from.DemultiplyCount is null
            ? Outcome.Fail(StatusCode.PipelineGatherFromNotDemultiplexer, $"Node: {node.Name}; gather_from_node: {node.GatherFrom}")
            : Outcome.Ok;
    }

    private static Outcome CheckOutput(PipelineNode node, NodeSignature signature, PipelineAlias output)
    {
        if (Find(signature, output.Item) is not { } port)
        {
            string there = string.Join(", ", signature.Outputs.Select(static port => port.Name));
            return Outcome.Fail(
                StatusCode.PipelineNodeMissingModelOutput, $"Node: {node.Name}; data_item: {output.Item}; there are: {there}");
        }

        if (node.DemultiplyCount is not { } count || !port.Shape.HasRank)
        {
            return Outcome.Ok;
        }

        return port.Shape.Rank < LeastRank
            ? Outcome.Fail(
                StatusCode.PipelineNotEnoughDimensions,
                $"Node: {node.Name}; output: {port.Name}; Expected: {LeastRank} dimensions; Actual: {port.Shape}")
            : count > 0 && !port.Shape[0].Contains(count)
            ? Outcome.Fail(
                StatusCode.PipelineDemultiplyCountMismatch,
                $"Node: {node.Name}; output: {port.Name}; demultiply_count: {count}; shape: {port.Shape}")
            : Outcome.Ok;
    }
}
