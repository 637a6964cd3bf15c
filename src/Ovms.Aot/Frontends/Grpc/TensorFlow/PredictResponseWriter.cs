using System.Buffers;
using System.Runtime.InteropServices;
using Ovms.Inference.Sequences;
using Ovms.Serving.Requests;
using Ovms.Wire;

namespace Ovms.Frontends.Grpc.TensorFlow;

/// <summary>
/// Writes a PredictResponse from OpenVINO's memory straight into the connection's buffer: the only copy of the outputs. Numbers go into
/// tensor_content, strings into string_val, and a sequence id into uint64_val, as in the original.
/// </summary>
internal static class PredictResponseWriter
{
    /// <summary>PredictResponse.outputs</summary>
    public const int Outputs = 1;

    /// <summary>PredictResponse.model_spec</summary>
    public const int ModelSpec = 2;

    /// <summary>ModelSpec.name</summary>
    public const int ModelName = 1;

    /// <summary>ModelSpec.version</summary>
    public const int ModelVersion = 2;

    /// <summary>Int64Value.value</summary>
    public const int Value = 1;

    /// <summary>The key of a map's entry.</summary>
    public const int Key = 1;

    /// <summary>The value of a map's entry.</summary>
    public const int EntryValue = 2;

    /// <summary>TensorProto.dtype</summary>
    public const int Datatype = 1;

    /// <summary>TensorProto.tensor_shape</summary>
    public const int Shape = 2;

    /// <summary>TensorProto.tensor_content</summary>
    public const int Content = 4;

    /// <summary>TensorProto.string_val</summary>
    public const int StringValue = 8;

    /// <summary>TensorProto.uint64_val</summary>
    public const int Uint64Value = 17;

    /// <summary>TensorShapeProto.dim</summary>
    public const int Dimension = 2;

    /// <summary>Dim.size</summary>
    public const int Size = 1;

    /// <summary>Whether an output is the sequence id of a stateful model, which clients expect in uint64_val.</summary>
    public static bool IsSequenceId(OutputTensor output) => ReferenceEquals(output.Info, SequenceInputs.Id);

    /// <summary>Writes exactly <see cref="Binding.InferAnswer.Length"/> bytes.</summary>
    public static void Write(PredictResponse response, IBufferWriter<byte> output)
    {
        ProtoWriter writer = new(output);
        for (int i = 0; i < response.Outputs.Length; i++)
        {
            Write(response.Call.Outputs[i], response.Outputs[i], writer, output);
        }

        writer.WriteHeader(ModelSpec, response.ModelSpecLength);
        writer.WriteText(ModelName, response.Call.Servable.Id.Name);
        writer.WriteHeader(ModelVersion, response.VersionLength);
        writer.WriteNumber(Value, response.Call.Servable.Id.Version);
    }

    private static void Write(OutputTensor tensor, OutputLengths lengths, ProtoWriter writer, IBufferWriter<byte> output)
    {
        writer.WriteHeader(Outputs, lengths.Entry);
        writer.WriteText(Key, tensor.Info.Name);
        writer.WriteHeader(EntryValue, lengths.Tensor);
        writer.WriteNumber(Datatype, TensorDatatypes.NumberOf(tensor.Info.Marshaler));
        writer.WriteHeader(Shape, lengths.Shape);
        foreach (long size in tensor.Shape)
        {
            writer.WriteHeader(Dimension, OutputLengths.DimensionLength(size));
            writer.WriteNumber(Size, size);
        }

        if (IsSequenceId(tensor))
        {
            writer.WritePacked(Uint64Value, MemoryMarshal.Cast<byte, long>(tensor.Bytes));
        }
        else if (tensor.Info.Marshaler.BitWidth == 0)
        {
            for (int i = 0; i < tensor.Count; i++)
            {
                ReadOnlySpan<byte> text = tensor.GetString(i);
                writer.WriteHeader(StringValue, text.Length);
                output.Write(text);
            }
        }
        else if (tensor.RawLength > 0)
        {
            writer.WriteHeader(Content, tensor.RawLength);
            tensor.WriteRaw(output);
        }
    }
}
