using System.Buffers;
using Ovms.Frontends.Grpc.Binding;
using Ovms.Inference;
using Ovms.Serving.Requests;
using Ovms.Tensors;
using Ovms.Wire;

namespace Ovms.Frontends.Grpc.KServe;

/// <summary>
/// A ModelInferResponse about to be written: the finished inference and the lengths of its parts, which protobuf wants before the
/// parts themselves.
/// </summary>
internal sealed class InferResponse : InferAnswer
{
    [ThreadStatic]
    private static InferResponse? s_kept;

    private OutputPart[] _outputs = [];

    /// <summary>Lengths of the outputs' parts, in order.</summary>
    public ReadOnlySpan<OutputPart> Outputs => _outputs.AsSpan(0, Result.Outputs.Length);

    /// <summary>The answer of a result.</summary>
    public static InferAnswer Of(InferResult result) => (s_kept ??= new InferResponse()).Measure(result);

    /// <inheritdoc/>
    public override void Write(IBufferWriter<byte> output) => InferResponseWriter.Write(this, output);

    /// <inheritdoc/>
    protected override long MeasureParts(InferResult result)
    {
        MakeRoom(ref _outputs, result.Outputs.Length);
        long length = ProtoSize.Text(InferResponseWriter.ModelName, result.Servable.Id.Name)
            + ProtoSize.Text(InferResponseWriter.ModelVersion, result.Servable.Id.VersionText)
            + ProtoSize.Text(InferResponseWriter.Id, result.Message.Id ?? "")
            + InferParameters.MeasureSequence(result.SequenceParameter);
        for (int i = 0; i < result.Outputs.Length; i++)
        {
            OutputPart part = OutputPart.Measure(result.Outputs[i]);
            _outputs[i] = part;
            length += ProtoSize.Field(InferResponseWriter.Outputs, part.HeadLength) + ProtoSize.Field(InferResponseWriter.RawOutputContents, part.RawLength);
        }

        return length;
    }
}

/// <summary>Lengths of one output's parts.</summary>
/// <param name="HeadLength">The InferOutputTensor message.</param>
/// <param name="RawLength">Its bytes in raw_output_contents.</param>
internal readonly record struct OutputPart(long HeadLength, long RawLength)
{
    /// <summary>Measures one output.</summary>
    public static OutputPart Measure(OutputTensor output)
    {
        TensorMarshaler marshaler = output.Info.Marshaler;
        long packed = ProtoSize.Packed(output.Shape);
        long head = ProtoSize.Text(InferResponseWriter.OutputName, output.Info.Name)
            + ProtoSize.Text(InferResponseWriter.OutputDatatype, marshaler.Datatype)
            + (output.Shape.IsEmpty ? 0 : ProtoSize.Field(InferResponseWriter.OutputShape, packed));
        return new OutputPart(head, output.RawLength);
    }
}
