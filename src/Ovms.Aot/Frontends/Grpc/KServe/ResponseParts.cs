using System.Buffers;
using Ovms.Wire;

namespace Ovms.Frontends.Grpc.KServe;

/// <summary>A ModelInferResponse and the lengths of its parts, which protobuf wants before the parts. Used again and again.</summary>
internal sealed class ResponseParts
{
    private OutputPart[] _outputs = [];

    /// <summary>What the response says.</summary>
    public AnswerContent Content { get; private set; }

    /// <summary>Lengths of each output's parts, in the order of outputs.</summary>
    public ReadOnlySpan<OutputPart> Outputs => _outputs.AsSpan(0, Content.Outputs.Length);

    /// <summary>Assigns a response and measures it; reads no tensor except strings.</summary>
    /// <returns>Its length in bytes.</returns>
    public long Measure(in AnswerContent content)
    {
        Content = content;
        if (_outputs.Length < content.Outputs.Length)
        {
            _outputs = new OutputPart[content.Outputs.Length];
        }

        long length = ProtoSize.Text(InferResponseWriter.ModelName, content.Model)
            + ProtoSize.Text(InferResponseWriter.ModelVersion, content.Version)
            + ProtoSize.Text(InferResponseWriter.Id, content.Id)
            + InferParameters.MeasureSequence(content.Sequence)
            + InferParameters.MeasureTime(content.Time)
            + InferParameters.MeasureFinal(content.IsFinal);
        for (int i = 0; i < content.Outputs.Length; i++)
        {
            OutputPart part = OutputPart.Measure(content.Outputs[i], content.PlaceOf(i));
            _outputs[i] = part;
            length += ProtoSize.Field(InferResponseWriter.Outputs, part.HeadLength)
                + ProtoSize.Field(InferResponseWriter.RawOutputContents, part.RawLength);
        }

        return length;
    }

    /// <summary>Writes exactly as many bytes as were measured.</summary>
    public void Write(IBufferWriter<byte> output) => InferResponseWriter.Write(this, output);

    /// <summary>Forgets the response.</summary>
    public void Clear() => Content = default;
}
