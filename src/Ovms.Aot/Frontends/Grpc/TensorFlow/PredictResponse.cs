using System.Buffers;
using System.Runtime.InteropServices;
using Ovms.Frontends.Grpc.Binding;
using Ovms.Inference;
using Ovms.Serving.Requests;
using Ovms.Status;
using Ovms.Tensors;
using Ovms.Wire;

namespace Ovms.Frontends.Grpc.TensorFlow;

/// <summary>A TensorFlow Serving PredictResponse before it is written: the finished inference and the lengths of its parts.</summary>
/// <param name="home">The pool that it was rented from.</param>
internal sealed class PredictResponse(Recycled<InferAnswer> home) : InferAnswer(home)
{
    private OutputLengths[] _outputs = [];

    /// <summary>Lengths of each output's parts, in the order of outputs.</summary>
    public ReadOnlySpan<OutputLengths> Outputs => _outputs.AsSpan(0, Call.Outputs.Length);

    /// <summary>Bytes of the ModelSpec message.</summary>
    public long ModelSpecLength { get; private set; }

    /// <summary>Bytes of the message that wraps the version's number.</summary>
    public long VersionLength { get; private set; }

    /// <inheritdoc/>
    public override void Write(IBufferWriter<byte> output) => PredictResponseWriter.Write(this, output);

    /// <inheritdoc/>
    protected override long MeasureParts(ModelCall call)
    {
        MakeRoom(ref _outputs, call.Outputs.Length);
        VersionLength = ProtoSize.Tag(PredictResponseWriter.Value) + ProtoSize.Varint((ulong)call.Servable.Id.Version);
        ModelSpecLength = ProtoSize.Text(PredictResponseWriter.ModelName, call.Servable.Id.Name)
            + ProtoSize.Field(PredictResponseWriter.ModelVersion, VersionLength);
        long length = ProtoSize.Field(PredictResponseWriter.ModelSpec, ModelSpecLength);
        for (int i = 0; i < call.Outputs.Length; i++)
        {
            _outputs[i] = OutputLengths.Of(call.Outputs[i]);
            length += ProtoSize.Field(PredictResponseWriter.Outputs, _outputs[i].Entry);
        }

        return length;
    }
}

/// <summary>Lengths of the messages that encode one output.</summary>
/// <param name="Entry">The map's entry: name and tensor.</param>
/// <param name="Tensor">The TensorProto.</param>
/// <param name="Shape">The TensorShapeProto.</param>
internal readonly record struct OutputLengths(long Entry, long Tensor, long Shape)
{
    /// <summary>Measures one output.</summary>
    /// <exception cref="OvmsException">TensorFlow has no type for the output.</exception>
    public static OutputLengths Of(OutputTensor output)
    {
        int datatype = TensorDatatypes.NumberOf(output.Info.Marshaler);
        if (datatype == 0)
        {
            throw new OvmsException(
                StatusCode.InvalidRequestedOutput,
                $"Output {output.Info.Name} is {output.Info.Marshaler.Precision}, for which TensorFlow has no type; "
                + "leave it out by output_filter, or call KServe's ModelInfer");
        }

        long shape = 0;
        foreach (long size in output.Shape)
        {
            shape += ProtoSize.Field(PredictResponseWriter.Dimension, DimensionLength(size));
        }

        long tensor = ProtoSize.Tag(PredictResponseWriter.Datatype) + ProtoSize.Varint((ulong)datatype)
            + ProtoSize.Field(PredictResponseWriter.Shape, shape)
            + ContentLength(output);
        long entry = ProtoSize.Field(PredictResponseWriter.Key, System.Text.Encoding.UTF8.GetByteCount(output.Info.Name))
            + ProtoSize.Field(PredictResponseWriter.EntryValue, tensor);
        return new OutputLengths(entry, tensor, shape);
    }

    /// <summary>Bytes of a size's Dim message; 0 is omitted, as in proto3.</summary>
    public static long DimensionLength(long size) =>
        size == 0 ? 0 : ProtoSize.Tag(PredictResponseWriter.Size) + ProtoSize.Varint((ulong)size);

    private static long ContentLength(OutputTensor output)
    {
        if (PredictResponseWriter.IsSequenceId(output))
        {
            return ProtoSize.Field(PredictResponseWriter.Uint64Value, ProtoSize.Packed(MemoryMarshal.Cast<byte, long>(output.Bytes)));
        }

        if (output.Info.Marshaler.BitWidth != 0)
        {
            return output.RawLength == 0 ? 0 : ProtoSize.Field(PredictResponseWriter.Content, output.RawLength);
        }

        long length = 0;
        for (int i = 0; i < output.Count; i++)
        {
            length += ProtoSize.Field(PredictResponseWriter.StringValue, output.GetString(i).Length);
        }

        return length;
    }
}
