using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Native;
using Ovms.Pipelines.Definitions;
using Ovms.Pipelines.Tensors;
using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Pipelines.Execution;

/// <summary>Makes the outputs of a call from those of its nodes: views of whole tensors, and one copy of parts that are gathered.</summary>
internal static unsafe class ResponseTensors
{
    /// <summary>Makes the outputs that a request wants.</summary>
    /// <param name="plan">The pipeline.</param>
    /// <param name="message">The request.</param>
    /// <param name="states">The nodes, all of which have run.</param>
    public static ComposedRun Make(PipelinePlan plan, InferMessage message, NodeSessions[] states)
    {
        TensorInfo[] wanted = message.Outputs.Count == 0
            ? [.. plan.Signature.Outputs]
            : [.. message.Outputs.Select(output => plan.Signature.FindOutput(output.Name)!)];
        ResponseMemory memory = new();
        List<OutputTensor> outputs = [];
        Outcome failure = Outcome.Ok;
        try
        {
            foreach (TensorInfo info in wanted)
            {
                Outcome<NodeTensor> tensor = Gather(plan, states, plan.Nodes[plan.Response].Sources[info.Index]);
                if (!tensor.IsOk)
                {
                    failure = Outcome.Fail(tensor.Code, $"Pipeline {plan.Name}, output {info.Name}: {tensor.Detail}");
                    break;
                }

                memory.Add(tensor.Value.Memory);
                outputs.Add(new OutputTensor(InfoOf(info, tensor.Value), ToEngine(tensor.Value)));
            }
        }
        catch (Exception failed) when (failed is OpenVinoException or OutOfMemoryException or ArgumentException)
        {
            failure = Outcome.Fail(StatusCode.InternalError, $"Pipeline {plan.Name}: {failed.Message}");
        }

        if (failure.IsOk)
        {
            return new ComposedRun(failure, [.. outputs], memory);
        }

        outputs.ForEach(static output => output.Dispose());
        memory.Dispose();
        return new ComposedRun(failure, [], null);
    }

    // An input that only passes through has the type that came.
    private static TensorInfo InfoOf(TensorInfo info, NodeTensor tensor) => info.ElementType == ElementType.Dynamic
        ? new TensorInfo(info.Index, info.Name, tensor.Type, PartialShape.Of(tensor.Shape), LayoutText.Unknown)
        : info;

    private static Outcome<NodeTensor> Gather(PipelinePlan plan, NodeSessions[] states, PlanSource source)
    {
        PlannedNode node = plan.Nodes[source.Node];
        NodeSessions state = states[source.Node];
        if (node.Levels.IsEmpty)
        {
            NodeTensor whole = state.Outputs[0]![source.Output];
            whole.Memory?.Hold();
            return whole;
        }

        long[] counts = [.. node.Levels.Select(level => (long)states[level].Parts)];
        return state.Sessions == 0
            ? Empty(counts, node.Outputs[source.Output])
            : Gathering.Join(Array.ConvertAll(state.Outputs, outputs => outputs![source.Output]), counts);
    }

    // Nothing was found. Sizes that only a computed part would tell are 0.
    private static NodeTensor Empty(long[] counts, Libraries.NodePort port)
    {
        IEnumerable<long> rest = port.Shape.Dimensions.ToArray().Select(static size => size.IsStatic ? size.Min : 0);
        return new NodeTensor(port.Type, [.. counts, .. rest], RequestTensors.Nothing, 0, null);
    }

    private static Tensor ToEngine(NodeTensor tensor)
    {
        if (tensor.Type != ElementType.String)
        {
            return Tensor.FromHost(tensor.Type, tensor.Shape, (void*)tensor.Address);
        }

        BytesElements elements = new(tensor.Content);
        List<int> lengths = [];
        byte[] texts = new byte[tensor.Bytes];
        int written = 0;
        while (elements.TryRead(out ReadOnlySpan<byte> element))
        {
            element.CopyTo(texts.AsSpan(written));
            written += element.Length;
            lengths.Add(element.Length);
        }

        return Tensor.CreateStrings(tensor.Shape, [.. lengths], texts.AsSpan(0, written));
    }
}
