using System.Buffers;
using Ovms.Frontends.Grpc.Binding;
using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Serving.Requests;
using Ovms.Tensors;
using Ovms.Wire;

namespace Ovms.Frontends.Grpc.KServe;

/// <summary>
/// A ModelInferResponse before it is written: the finished inference and the lengths of its parts, which protobuf wants before the parts.
/// </summary>
/// <param name="home">The pool that it was rented from.</param>
internal sealed class InferResponse(Recycled<InferAnswer> home) : InferAnswer(home)
{
    private OutputPart[] _outputs = [];

    /// <summary>Lengths of each output's parts, in the order of outputs.</summary>
    public ReadOnlySpan<OutputPart> Outputs => _outputs.AsSpan(0, Call.Outputs.Length);

    /// <inheritdoc/>
    public override void Write(IBufferWriter<byte> output) => InferResponseWriter.Write(this, output);

    /// <inheritdoc/>
    protected override long MeasureParts(ModelCall call)
    {
        MakeRoom(ref _outputs, call.Outputs.Length);
        long length = ProtoSize.Text(InferResponseWriter.ModelName, call.Servable.Id.Name)
            + ProtoSize.Text(InferResponseWriter.ModelVersion, call.Servable.Id.VersionText)
            + ProtoSize.Text(InferResponseWriter.Id, call.Message.Id ?? "")
            + InferParameters.MeasureSequence(call.SequenceParameter)
            + InferParameters.MeasureTime(call.Message.PacketTime);
        for (int i = 0; i < call.Outputs.Length; i++)
        {
            OutputPart part = OutputPart.Measure(call.Outputs[i], call.Message.PlaceOf(i));
            _outputs[i] = part;
            length += ProtoSize.Field(InferResponseWriter.Outputs, part.HeadLength)
                + ProtoSize.Field(InferResponseWriter.RawOutputContents, part.RawLength);
        }

        return length;
    }
}

/// <summary>Lengths of one output's parts.</summary>
/// <param name="HeadLength">Bytes of the InferOutputTensor message.</param>
/// <param name="RawLength">Its bytes in raw_output_contents, which has an empty entry for an output in shared memory.</param>
internal readonly record struct OutputPart(long HeadLength, long RawLength)
{
    /// <summary>Measures one output.</summary>
    /// <param name="output">The output.</param>
    /// <param name="place">Where it was written in shared memory; null if it is in the answer.</param>
    public static OutputPart Measure(OutputTensor output, SharedPlace? place)
    {
        TensorMarshaler marshaler = output.Info.Marshaler;
        long raw = output.RawLength;
        long packed = ProtoSize.Packed(output.Shape);
        long head = ProtoSize.Text(InferResponseWriter.OutputName, output.Info.Name)
            + ProtoSize.Text(InferResponseWriter.OutputDatatype, marshaler.Datatype)
            + (output.Shape.IsEmpty ? 0 : ProtoSize.Field(InferResponseWriter.OutputShape, packed))
            + PlaceParameters.Measure(place, raw);
        return new OutputPart(head, place is null ? raw : 0);
    }
}
