using Ovms.Inference;
using Ovms.Inference.Messages;

namespace Ovms.Graphs.Calculators.OpenVino;

/// <summary>What the nodes of one run need of its call.</summary>
/// <param name="Calls">Opens the calls of models.</param>
/// <param name="Message">The request; null in a stream.</param>
internal sealed record GraphCaller(ModelCalls Calls, InferMessage? Message);
