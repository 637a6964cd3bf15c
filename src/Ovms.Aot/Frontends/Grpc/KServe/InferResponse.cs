using System.Buffers;
using Ovms.Frontends.Grpc.Binding;
using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Serving.Requests;
using Ovms.Tensors;
using Ovms.Wire;

namespace Ovms.Frontends.Grpc.KServe;

/// <summary>A ModelInferResponse to a finished inference, before it is written.</summary>
/// <param name="home">The pool that it was rented from.</param>
internal sealed class InferResponse(Recycled<InferAnswer> home) : InferAnswer(home)
{
    private readonly ResponseParts _parts = new();

    /// <inheritdoc/>
    public override void Write(IBufferWriter<byte> output) => _parts.Write(output);

    /// <inheritdoc/>
    protected override long MeasureParts(ModelCall call) => _parts.Measure(AnswerContent.Of(call));

    /// <inheritdoc/>
    protected override void Forget() => _parts.Clear();
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
