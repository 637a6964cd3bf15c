using System.Globalization;
using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Native;
using Ovms.Pipelines.Definitions;
using Ovms.Pipelines.Libraries;
using Ovms.Pipelines.Tensors;
using Ovms.Serving.Requests;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Pipelines.Execution;

/// <summary>Computes a session of a node that is a model, by a call as a caller would make it.</summary>
/// <remarks>
/// The model's infer request is given back before the outputs are used: a pipeline that names a model twice would else wait for itself.
/// Small outputs are copied; large ones leave the infer request if they can.
/// </remarks>
internal static class ModelStep
{
    // Up to this size a copy costs less than new output memory for the infer request.
    private const long CopiedAtMost = 256 << 10;

    /// <summary>Computes.</summary>
    /// <param name="calls">Opens the call.</param>
    /// <param name="node">The node.</param>
    /// <param name="inputs">What its inputs get; the caller holds them until this has completed.</param>
    /// <param name="cancellation">The deadline or disconnect of the pipeline's caller.</param>
    /// <returns>The outputs, held by the caller; or what went wrong, without the node's name.</returns>
    public static async ValueTask<Outcome<NodeTensor[]>> RunAsync(
        ModelCalls calls, PlannedNode node, NodeTensor[] inputs, CancellationToken cancellation)
    {
        long version = node.Written!.Version;
        Outcome<ModelCall> opened = calls.Open(
            CallOrigin.Composed, node.Written.Model, version == 0 ? "" : version.ToString(CultureInfo.InvariantCulture));
        if (!opened.IsOk)
        {
            // The caller named the pipeline, not the model: it is not to blame.
            return opened.Code is StatusCode.ModelNameMissing or StatusCode.ModelVersionMissing or StatusCode.ModelVersionNotLoadedAnymore
                ? Outcome.Fail(StatusCode.PipelineNotLoadedYet, opened.Text)
                : opened.WithoutValue;
        }

        ModelCall call = opened.Value;
        bool isKept = false;
        try
        {
            Outcome<InferMessage> message = MessageOf(calls, node, inputs);
            Outcome run = message.IsOk
                ? await call.RunAsync(message.Value, cancellation).ConfigureAwait(false)
                : message.WithoutValue;
            if (!run.IsOk)
            {
                return run;
            }

            NodeTensor[] outputs = Take(call, node, out isKept);
            call.Answered(Outcome.Ok);
            return outputs;
        }
        finally
        {
            if (!isKept)
            {
                call.Dispose();
            }
        }
    }

    private static Outcome<InferMessage> MessageOf(ModelCalls calls, PlannedNode node, NodeTensor[] inputs)
    {
        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs[i].Bytes > NativeBuffer.MaxLength)
            {
                return Outcome.Fail(
                    StatusCode.PipelineTooLarge,
                    $"input {node.Inputs[i].Name} has {inputs[i].Bytes} bytes; at most {NativeBuffer.MaxLength} may be.");
            }
        }

        InferMessage message = calls.Messages.Rent();
        message.Origin = CallOrigin.Composed;
        for (int i = 0; i < inputs.Length; i++)
        {
            InputTensor input = message.SpareInput();
            input.Name = node.Inputs[i].Name;
            input.Datatype = TensorMarshaler.For(inputs[i].Type).Datatype;
            input.Shape = inputs[i].Shape;
            input.Source = ContentSource.Raw;
            input.Content = ContentOf(inputs[i]);
            message.Inputs.Add(input);
        }

        return message;
    }

    // Strings are compacted in place when they are given to the engine, so that each call needs its own.
    private static unsafe NativeBuffer ContentOf(NodeTensor tensor)
    {
        if (tensor.Type != ElementType.String)
        {
            return NativeBuffer.Over((void*)tensor.Address, (int)tensor.Bytes);
        }

        NativeBuffer copy = new((int)tensor.Bytes);
        tensor.Content.CopyTo(copy.Free);
        copy.Advance((int)tensor.Bytes);
        return copy;
    }

    private static unsafe NodeTensor[] Take(ModelCall call, PlannedNode node, out bool isKept)
    {
        OutputTensor[] used = new OutputTensor[node.Outputs.Length];
        long bytes = 0;
        bool hasText = false;
        for (int i = 0; i < used.Length; i++)
        {
            used[i] = Find(call.Outputs, node.Outputs[i]);
            bytes += used[i].ByteSize;
            hasText |= IsText(used[i]);
        }

        isKept = bytes > CopiedAtMost && !hasText && call.Detach();
        if (!isKept)
        {
            return Array.ConvertAll(used, static output => IsText(output) ? CopyText(output) : Copy(output));
        }

        TensorMemory memory = new(call.Dispose);
        NodeTensor[] outputs = new NodeTensor[used.Length];
        for (int i = 0; i < used.Length; i++)
        {
            outputs[i] = new NodeTensor(
                used[i].Info.ElementType, used[i].Shape.ToArray(), (nint)used[i].Tensor.Data, used[i].ByteSize,
                i == 0 ? memory : memory.Hold());
        }

        return outputs;
    }

    private static OutputTensor Find(OutputTensor[] outputs, NodePort port)
    {
        foreach (OutputTensor output in outputs)
        {
            if (output.Info.Name == port.Name)
            {
                return output;
            }
        }

        throw new OvmsException(StatusCode.PipelineNotLoadedYet, $"The model has no output {port.Name} any more.");
    }

    private static bool IsText(OutputTensor output) => output.Tensor.ElementType == ElementType.String;

    private static unsafe NodeTensor Copy(OutputTensor output)
    {
        NodeTensor copy = NodeTensor.Allocate(output.Info.ElementType, output.Shape.ToArray());
        Buffer.MemoryCopy(output.Tensor.Data, (void*)copy.Address, copy.Bytes, copy.Bytes);
        return copy;
    }

    private static unsafe NodeTensor CopyText(OutputTensor output)
    {
        long bytes = output.RawLength;
        TensorMemory memory = TensorMemory.Allocate(bytes, out nint address);
        Span<byte> rest = new((void*)address, checked((int)bytes));
        for (int i = 0; i < output.Count; i++)
        {
            ReadOnlySpan<byte> text = output.GetString(i);
            BytesForm.WritePrefix(rest, text.Length);
            text.CopyTo(rest[BytesForm.PrefixSize..]);
            rest = rest[(BytesForm.PrefixSize + text.Length)..];
        }

        return new NodeTensor(ElementType.String, output.Shape.ToArray(), address, bytes, memory);
    }
}
