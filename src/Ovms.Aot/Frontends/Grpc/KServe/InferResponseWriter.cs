using System.Buffers;
using Ovms.Wire;

namespace Ovms.Frontends.Grpc.KServe;

/// <summary>
/// Writes a ModelInferResponse from OpenVINO's memory straight into the connection's buffer: the only copy of the outputs.
/// </summary>
internal static class InferResponseWriter
{
    /// <summary>ModelInferResponse.model_name</summary>
    public const int ModelName = 1;

    /// <summary>ModelInferResponse.model_version</summary>
    public const int ModelVersion = 2;

    /// <summary>ModelInferResponse.id</summary>
    public const int Id = 3;

    /// <summary>ModelInferResponse.parameters</summary>
    public const int Parameters = 4;

    /// <summary>ModelInferResponse.outputs</summary>
    public const int Outputs = 5;

    /// <summary>ModelInferResponse.raw_output_contents</summary>
    public const int RawOutputContents = 6;

    /// <summary>InferOutputTensor.name</summary>
    public const int OutputName = 1;

    /// <summary>InferOutputTensor.datatype</summary>
    public const int OutputDatatype = 2;

    /// <summary>InferOutputTensor.shape</summary>
    public const int OutputShape = 3;

    /// <summary>InferOutputTensor.parameters</summary>
    public const int OutputParameters = 4;

    /// <summary>Writes exactly as many bytes as were measured.</summary>
    public static void Write(ResponseParts response, IBufferWriter<byte> output)
    {
        AnswerContent content = response.Content;
        ProtoWriter writer = new(output);
        writer.WriteText(ModelName, content.Model);
        writer.WriteText(ModelVersion, content.Version);
        writer.WriteText(Id, content.Id);
        InferParameters.WriteSequence(writer, content.Sequence);
        InferParameters.WriteTime(writer, content.Time);
        InferParameters.WriteFinal(writer, content.IsFinal);
        for (int i = 0; i < content.Outputs.Length; i++)
        {
            writer.WriteHeader(Outputs, response.Outputs[i].HeadLength);
            writer.WriteText(OutputName, content.Outputs[i].Info.Name);
            writer.WriteText(OutputDatatype, content.Outputs[i].Info.Datatype);
            writer.WritePacked(OutputShape, content.Outputs[i].Shape);
            if (content.PlaceOf(i) is { } place)
            {
                PlaceParameters.Write(writer, place, content.Outputs[i].RawLength);
            }
        }

        for (int i = 0; i < content.Outputs.Length; i++)
        {
            // Clients find an output's contents by its position, so that one in shared memory has an empty entry.
            writer.WriteHeader(RawOutputContents, response.Outputs[i].RawLength);
            if (content.PlaceOf(i) is null)
            {
                content.Outputs[i].WriteRaw(output);
            }
        }
    }
}
