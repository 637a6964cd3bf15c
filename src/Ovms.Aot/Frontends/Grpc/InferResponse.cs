using System.Buffers;
using Ovms.Inference;
using Ovms.Serving;
using Ovms.Tensors;
using Ovms.Wire;

namespace Ovms.Frontends.Grpc;

/// <summary>
/// A ModelInferResponse about to be written: the finished inference and the lengths of its parts, which protobuf wants before the
/// parts themselves.
/// </summary>
internal sealed class InferResponse : InferAnswer
{
    /// <summary>Measures the answer; touches no tensor but strings.</summary>
    /// <param name="result">What is answered; stays the caller's.</param>
    public InferResponse(InferResult result)
        : base(result)
    {
        Outputs = new OutputPart[result.Outputs.Length];
        Length = ProtoSize.Text(InferResponseWriter.ModelName, result.Servable.Id.Name)
            + ProtoSize.Text(InferResponseWriter.ModelVersion, result.Servable.Id.VersionText)
            + ProtoSize.Text(InferResponseWriter.Id, result.Message.Id ?? "")
            + InferParameters.MeasureSequence(result.SequenceParameter);
        for (int i = 0; i < Outputs.Length; i++)
        {
            OutputPart part = OutputPart.Measure(result.Outputs[i]);
            Outputs[i] = part;
            Length += ProtoSize.Field(InferResponseWriter.Outputs, part.HeadLength) + ProtoSize.Field(InferResponseWriter.RawOutputContents, part.RawLength);
        }
    }

    /// <summary>Lengths of the outputs' parts, in order.</summary>
    public OutputPart[] Outputs { get; }

    /// <inheritdoc/>
    public override long Length { get; }

    /// <inheritdoc/>
    public override void Write(IBufferWriter<byte> output) => InferResponseWriter.Write(this, output);
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
