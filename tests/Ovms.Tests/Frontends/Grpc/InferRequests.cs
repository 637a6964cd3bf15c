using System.Runtime.InteropServices;
using Google.Protobuf;
using Ovms.Frontends.Grpc.Protos;
using Input = Ovms.Frontends.Grpc.Protos.ModelInferRequest.Types.InferInputTensor;

namespace Ovms.Tests.Frontends.Grpc;

/// <summary>Requests for the test models.</summary>
internal static class InferRequests
{
    /// <summary>Model dummy: ten numbers from 0; it returns each plus 1.</summary>
    public static ModelInferRequest Dummy(string id = "") => Raw("dummy", "b", "FP32", [1, 10], [0f, 1, 2, 3, 4, 5, 6, 7, 8, 9], id);

    /// <summary>Model dynamic: returns its numbers doubled.</summary>
    public static ModelInferRequest Doubling(int rows, int columns) =>
        Raw("dynamic", "x", "FP32", [rows, columns], [.. Enumerable.Range(0, rows * columns).Select(static i => (float)i)]);

    /// <summary>A request of one raw input.</summary>
    public static ModelInferRequest Raw<T>(string model, string input, string datatype, long[] shape, T[] values, string id = "")
        where T : unmanaged => new()
        {
            ModelName = model,
            Id = id,
            Inputs = { new Input { Name = input, Datatype = datatype, Shape = { shape } } },
            RawInputContents = { ByteString.CopyFrom(MemoryMarshal.AsBytes<T>(values)) },
        };

    /// <summary>The values of a raw output.</summary>
    public static T[] Values<T>(this ModelInferResponse response, int output = 0)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(response.RawOutputContents[output].Span).ToArray();
}
