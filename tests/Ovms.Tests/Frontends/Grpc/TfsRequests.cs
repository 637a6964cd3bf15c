using System.Runtime.InteropServices;
using Google.Protobuf;
using Ovms.Frontends.Grpc.Protos.TensorFlow;
using Ovms.Frontends.Grpc.Protos.TensorFlowServing;
using Answer = Ovms.Frontends.Grpc.Protos.TensorFlowServing.PredictResponse;

namespace Ovms.Tests.Frontends.Grpc;

/// <summary>Requests of TensorFlow Serving as its clients make them.</summary>
internal static class TfsRequests
{
    /// <summary>A request without inputs.</summary>
    public static PredictRequest For(string model, long? version = null)
    {
        PredictRequest request = new() { ModelSpec = new ModelSpec { Name = model } };
        if (version is { } number)
        {
            request.ModelSpec.Version = number;
        }

        return request;
    }

    /// <summary>A tensor without elements.</summary>
    public static TensorProto Tensor(DataType type, params long[] shape) =>
        new() { Dtype = type, TensorShape = new TensorShapeProto { Dim = { shape.Select(static size => new TensorShapeProto.Types.Dim { Size = size }) } } };

    /// <summary>A tensor whose elements are bytes.</summary>
    public static TensorProto Content<T>(DataType type, long[] shape, params T[] values)
        where T : unmanaged
    {
        TensorProto tensor = Tensor(type, shape);
        tensor.TensorContent = ByteString.CopyFrom(MemoryMarshal.AsBytes<T>(values));
        return tensor;
    }

    /// <summary>Ten floats for dummy.</summary>
    public static PredictRequest Dummy()
    {
        PredictRequest request = For("dummy");
        request.Inputs["b"] = Content(DataType.DtFloat, [1, 10], Enumerable.Range(0, 10).Select(static i => (float)i).ToArray());
        return request;
    }

    /// <summary>An output's elements.</summary>
    public static T[] Values<T>(this Answer response, string output)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(response.Outputs[output].TensorContent.Span).ToArray();

    /// <summary>An output's shape.</summary>
    public static long[] Shape(this Answer response, string output) => [.. response.Outputs[output].TensorShape.Dim.Select(static dim => dim.Size)];
}
