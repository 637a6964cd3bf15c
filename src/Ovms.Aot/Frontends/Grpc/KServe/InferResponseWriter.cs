using System.Buffers;
using Ovms.Inference;
using Ovms.Wire;

namespace Ovms.Frontends.Grpc.KServe;

/// <summary>
/// Writes a ModelInferResponse from the engine's memory straight into the connection's buffer: the only copy of the outputs.
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

    /// <summary>Writes exactly <see cref="Binding.InferAnswer.Length"/> bytes.</summary>
    public static void Write(InferResponse response, IBufferWriter<byte> output)
    {
        InferResult result = response.Result;
        ProtoWriter writer = new(output);
        writer.WriteText(ModelName, result.Servable.Id.Name);
        writer.WriteText(ModelVersion, result.Servable.Id.VersionText);
        writer.WriteText(Id, result.Message.Id ?? "");
        InferParameters.WriteSequence(writer, result.SequenceParameter);
        for (int i = 0; i < result.Outputs.Length; i++)
        {
            writer.WriteHeader(Outputs, response.Outputs[i].HeadLength);
            writer.WriteText(OutputName, result.Outputs[i].Info.Name);
            writer.WriteText(OutputDatatype, result.Outputs[i].Info.Marshaler.Datatype);
            writer.WritePacked(OutputShape, result.Outputs[i].Shape);
        }

        for (int i = 0; i < result.Outputs.Length; i++)
        {
            writer.WriteHeader(RawOutputContents, response.Outputs[i].RawLength);
            result.Outputs[i].WriteRaw(output);
        }
    }
}
