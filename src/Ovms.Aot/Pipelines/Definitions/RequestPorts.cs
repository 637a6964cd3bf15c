using System.Collections.Immutable;
using Ovms.Configuration.Pipelines;
using Ovms.Native;
using Ovms.Pipelines.Libraries;
using Ovms.Serving.Signatures;
using Ovms.Status;

namespace Ovms.Pipelines.Definitions;

/// <summary>The inputs of a pipeline: what all nodes accept that take them.</summary>
internal static class RequestPorts
{
    private const int ImageRank = 4;
    private const string ImageLayout = "NHWC";

    /// <summary>Determines them.</summary>
    /// <param name="config">The definition.</param>
    /// <param name="connections">Its connections, which were checked.</param>
    /// <param name="faults">Gets a fault for each input that no request could fit.</param>
    /// <returns>The inputs in the order written, without those at fault.</returns>
    public static ImmutableArray<NodePort> Of(PipelineConfig config, Connections connections, ICollection<Outcome> faults)
    {
        ImmutableArray<NodePort>.Builder ports = ImmutableArray.CreateBuilder<NodePort>();
        foreach (string name in config.Inputs)
        {
            Outcome<NodePort> port = Of(config, connections, name);
            if (port.IsOk)
            {
                ports.Add(port.Value);
            }
            else
            {
                faults.Add(port.WithoutValue);
            }
        }

        return ports.ToImmutable();
    }

    private static Outcome<NodePort> Of(PipelineConfig config, Connections connections, string name)
    {
        NodePort? all = null;
        foreach ((PipelineNode node, PipelineItem input) in config.Nodes.SelectMany(
            static node => node.Inputs.Select(input => (node, input))))
        {
            if (input.Node != PipelineConfig.Request || input.Item != name)
            {
                continue;
            }

            NodePort port = connections.SignatureOf(node.Name).Inputs.First(port => port.Name == input.Name);
            port = port with { Name = name, Layout = LayoutOf(node, port) };
            PartialShape? both = all is null ? port.Shape : Shapes.Intersect(all.Shape, port.Shape);
            if (both is null || (all is not null && !NodeSignature.AreSameType(all.Type, port.Type)))
            {
                return Outcome.Fail(
                    StatusCode.PipelineInputAmbiguous,
                    $"Input: {name}; the node {node.Name} wants {port.Type} {port.Shape}, others {all!.Type} {all.Shape}.");
            }

            port = all is not null && port.Type == ElementType.Dynamic ? port with { Type = all.Type } : port;
            all = port with { Shape = both, Layout = all is null || all.Layout == port.Layout ? port.Layout : LayoutText.Unknown };
        }

        if (all is null)
        {
            // What only passes through has no type or shape of its own.
            return config.Outputs.Any(output => output.Node == PipelineConfig.Request && output.Item == name)
                ? new NodePort(name, ElementType.Dynamic, PartialShape.DynamicRank, LayoutText.Scalar)
                : Outcome.Fail(StatusCode.PipelineHasUnconnectedNodes, $"No node takes the input {name}.");
        }

        return config.DemultiplyCount is { } count
            ? all with { Shape = Shapes.Under([count], all.Shape), Layout = LayoutOfAll(all) }
            : all;
    }

    // As in the original, the parts of an image's batch become the batch: NHWC is N?HWC of all.
    private static string LayoutOfAll(NodePort part) =>
        part.Shape.HasRank && part.Shape.Rank == ImageRank && part.Layout.StartsWith('N') && !part.Layout.Contains('.')
            ? $"N?{part.Layout[1..]}"
            : LayoutText.Unknown;

    // A library does not say how an image lies in its input. As in the original, a caller's image is decoded pixel by pixel.
    private static string LayoutOf(PipelineNode node, NodePort port) => !port.Shape.HasRank || port.Shape.Rank == 0 ? LayoutText.Scalar
        : node.IsCustom ? port.Shape.Rank == ImageRank ? ImageLayout : LayoutText.Unknown
        : port.Layout;
}
