using System.Buffers;
using Ovms.Inference;
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

    /// <summary>Writes exactly <see cref="Binding.InferAnswer.Length"/> bytes.</summary>
    public static void Write(InferResponse response, IBufferWriter<byte> output)
    {
        ModelCall call = response.Call;
        ProtoWriter writer = new(output);
        writer.WriteText(ModelName, call.Servable.Id.Name);
        writer.WriteText(ModelVersion, call.Servable.Id.VersionText);
        writer.WriteText(Id, call.Message.Id ?? "");
        InferParameters.WriteSequence(writer, call.SequenceParameter);
        InferParameters.WriteTime(writer, call.Message.PacketTime);
        for (int i = 0; i < call.Outputs.Length; i++)
        {
            writer.WriteHeader(Outputs, response.Outputs[i].HeadLength);
            writer.WriteText(OutputName, call.Outputs[i].Info.Name);
            writer.WriteText(OutputDatatype, call.Outputs[i].Info.Marshaler.Datatype);
            writer.WritePacked(OutputShape, call.Outputs[i].Shape);
            if (call.Message.PlaceOf(i) is { } place)
            {
                PlaceParameters.Write(writer, place, call.Outputs[i].RawLength);
            }
        }

        for (int i = 0; i < call.Outputs.Length; i++)
        {
            // Clients find an output's contents by its position, so that one in shared memory has an empty entry.
            writer.WriteHeader(RawOutputContents, response.Outputs[i].RawLength);
            if (call.Message.PlaceOf(i) is null)
            {
                call.Outputs[i].WriteRaw(output);
            }
        }
    }
}
