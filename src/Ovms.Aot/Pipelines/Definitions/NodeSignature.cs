using System.Collections.Immutable;
using Ovms.Configuration.Pipelines;
using Ovms.Native;
using Ovms.Pipelines.Libraries;

namespace Ovms.Pipelines.Definitions;

/// <summary>What a node's model or library takes and gives.</summary>
/// <param name="Inputs">The inputs, all of which must be connected.</param>
/// <param name="Outputs">The outputs.</param>
internal sealed record NodeSignature(ImmutableArray<NodePort> Inputs, ImmutableArray<NodePort> Outputs)
{
    /// <summary>
    /// The signature of a node whose model or library is not loaded: the ports that the configuration names, of any type and shape.
    /// </summary>
    public static NodeSignature Unknown(PipelineNode node) => new(
        [.. node.Inputs.Select(static input => input.Name).Distinct().Select(AnyPort)],
        [.. node.Outputs.Select(static output => output.Item).Distinct().Select(AnyPort)]);

    /// <summary>Whether tensors of both types can be the same.</summary>
    public static bool AreSameType(ElementType one, ElementType other) =>
        one == other || one == ElementType.Dynamic || other == ElementType.Dynamic;

    private static NodePort AnyPort(string name) => new(name, ElementType.Dynamic, PartialShape.DynamicRank);
}
