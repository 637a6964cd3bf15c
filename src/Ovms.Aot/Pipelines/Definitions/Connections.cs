using Ovms.Configuration.Pipelines;
using Ovms.Native;
using Ovms.Pipelines.Libraries;
using Ovms.Status;

namespace Ovms.Pipelines.Definitions;

/// <summary>The connections of a pipeline, with the ports at both ends.</summary>
/// <param name="config">The definition.</param>
/// <param name="nodes">Its nodes by name.</param>
/// <param name="signatures">What they take and give.</param>
internal sealed class Connections(
    PipelineConfig config, IReadOnlyDictionary<string, PipelineNode> nodes, IReadOnlyDictionary<string, NodeSignature> signatures)
{
    /// <summary>What a node takes and gives.</summary>
    public NodeSignature SignatureOf(string node) => signatures[node];

    /// <summary>The faults of the connections, in the order written.</summary>
    public IEnumerable<Outcome> Faults()
    {
        foreach (PipelineNode node in config.Nodes)
        {
            HashSet<string> connected = new(StringComparer.Ordinal);
            foreach (PipelineItem input in node.Inputs)
            {
                Outcome step = CheckSource(node.Name, input);
                Outcome target = CheckInput(node, input, connected, isSourceKnown: step.IsOk);
                if (!step.IsOk)
                {
                    yield return step;
                }

                if (!target.IsOk)
                {
                    yield return target;
                }
            }

            foreach (NodePort missing in signatures[node.Name].Inputs.Where(port => !connected.Contains(port.Name)))
            {
                yield return Outcome.Fail(StatusCode.PipelineInputsNotConnected, $"Node: {node.Name}; input: {missing.Name}");
            }
        }

        foreach (Outcome fault in config.Outputs.Select(output => CheckSource(PipelineConfig.Response, output)))
        {
            if (!fault.IsOk)
            {
                yield return fault;
            }
        }
    }

    // The output that an item stands for. Null for an item of the request, whose tensors are what its consumers want; and for an output
    // that the model does not have, which is a fault of that node.
    private NodePort? PortOf(PipelineItem item) => item.Node == PipelineConfig.Request
        ? null
        : signatures[item.Node].Outputs.FirstOrDefault(port => port.Name == ItemOf(item));

    private string ItemOf(PipelineItem item) => nodes[item.Node].Outputs.First(output => output.Alias == item.Item).Item;

    private Outcome CheckSource(string consumer, PipelineItem input)
    {
        string place = $"Node: {consumer}; {(consumer == PipelineConfig.Response ? "output" : "input")}: {input.Name}";
        if (input.Node == PipelineConfig.Response)
        {
            return Outcome.Fail(StatusCode.PipelineNodeFromResponse, place);
        }

        bool isRequest = input.Node == PipelineConfig.Request;
        if (!isRequest && !nodes.ContainsKey(input.Node))
        {
            return Outcome.Fail(StatusCode.PipelineNodeMissingSource, $"{place}; node_name: {input.Node}");
        }

        bool exists = isRequest
            ? config.Inputs.Contains(input.Item)
            : nodes[input.Node].Outputs.Any(output => output.Alias == input.Item);
        return exists
            ? Outcome.Ok
            : Outcome.Fail(StatusCode.PipelineNodeMissingDataSource, $"{place}; node_name: {input.Node}; data_item: {input.Item}");
    }

    private Outcome CheckInput(PipelineNode node, PipelineItem input, HashSet<string> connected, bool isSourceKnown)
    {
        string place = $"Node: {node.Name}; input: {input.Name}";
        if (signatures[node.Name].Inputs.FirstOrDefault(port => port.Name == input.Name) is not { } target)
        {
            string there = string.Join(", ", signatures[node.Name].Inputs.Select(static port => port.Name));
            return Outcome.Fail(StatusCode.PipelineConnectionToMissingInput, $"{place}; there are: {there}");
        }

        if (!connected.Add(input.Name))
        {
            return Outcome.Fail(StatusCode.PipelineInputConnectedTwice, place);
        }

        if (!isSourceKnown)
        {
            return Outcome.Ok;
        }

        if (input.Node == PipelineConfig.Request && target.Type == ElementType.String && config.DemultiplyCount is not null)
        {
            return Outcome.Fail(StatusCode.PipelineStringDemultiplication, place);
        }

        if (PortOf(input) is not { } source)
        {
            return Outcome.Ok;
        }

        if (target.Type == ElementType.String || source.Type == ElementType.String)
        {
            return Outcome.Fail(StatusCode.NotImplemented, $"{place}: strings cannot pass from node to node.");
        }

        // Of a split tensor the first dimension is gone; a gathered one gets it.
        PartialShape given = nodes[input.Node].DemultiplyCount is null ? source.Shape : Shapes.WithoutFirst(source.Shape);
        PartialShape taken = node.GatherFrom.Length == 0 ? target.Shape : Shapes.WithoutFirst(target.Shape);
        if (!Shapes.Overlap(given, taken))
        {
            return Outcome.Fail(StatusCode.InvalidShape, $"{place}; Expected: {taken}; Actual: {given} of {input.Node}");
        }

        return NodeSignature.AreSameType(source.Type, target.Type)
            ? Outcome.Ok
            : Outcome.Fail(StatusCode.InvalidPrecision, $"{place}; Expected: {target.Type}; Actual: {source.Type} of {input.Node}");
    }
}
