using System.Collections.Immutable;
using Ovms.Pipelines.Libraries;

namespace Ovms.Pipelines.Definitions;

/// <summary>What a node's model or library takes and gives.</summary>
/// <param name="Inputs">The inputs, all of which must be connected.</param>
/// <param name="Outputs">The outputs.</param>
internal sealed record NodeSignature(ImmutableArray<NodePort> Inputs, ImmutableArray<NodePort> Outputs);
