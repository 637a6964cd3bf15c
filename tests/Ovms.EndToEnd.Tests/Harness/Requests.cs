using System.Runtime.InteropServices;
using Google.Protobuf;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>Builds and reads KServe gRPC messages as a client would.</summary>
internal static class Requests
{
    /// <summary>A request without inputs.</summary>
    public static ModelInferRequest For(string model, string version = "", string id = "") =>
        new() { ModelName = model, ModelVersion = version, Id = id };

    /// <summary>Adds an input with raw contents.</summary>
    public static ModelInferRequest WithRaw<T>(this ModelInferRequest request, string name, string datatype, long[] shape, params T[] values)
        where T : unmanaged =>
        request.WithBytes(name, datatype, shape, MemoryMarshal.AsBytes<T>(values).ToArray());

    /// <summary>Adds an input with raw contents.</summary>
    public static ModelInferRequest WithBytes(this ModelInferRequest request, string name, string datatype, long[] shape, byte[] raw)
    {
        request.Inputs.Add(new ModelInferRequest.Types.InferInputTensor { Name = name, Datatype = datatype, Shape = { shape } });
        request.RawInputContents.Add(ByteString.CopyFrom(raw));
        return request;
    }

    /// <summary>Adds an input with typed contents.</summary>
    public static ModelInferRequest WithContents(this ModelInferRequest request, string name, string datatype, long[] shape, InferTensorContents contents)
    {
        request.Inputs.Add(new ModelInferRequest.Types.InferInputTensor { Name = name, Datatype = datatype, Shape = { shape }, Contents = contents });
        return request;
    }

    /// <summary>Asks for some outputs only.</summary>
    public static ModelInferRequest WithOutputs(this ModelInferRequest request, params string[] names)
    {
        foreach (string name in names)
        {
            request.Outputs.Add(new ModelInferRequest.Types.InferRequestedOutputTensor { Name = name });
        }

        return request;
    }

    /// <summary>One output's raw contents by name.</summary>
    public static byte[] Bytes(this ModelInferResponse response, string name)
    {
        for (int i = 0; i < response.Outputs.Count; i++)
        {
            if (response.Outputs[i].Name == name)
            {
                return response.RawOutputContents[i].ToByteArray();
            }
        }

        throw new InvalidOperationException($"There is no output {name}; there are: {string.Join(", ", response.Outputs.Select(static output => output.Name))}");
    }

    /// <summary>One output's elements by name.</summary>
    public static T[] Values<T>(this ModelInferResponse response, string name)
        where T : unmanaged =>
        MemoryMarshal.Cast<byte, T>(response.Bytes(name)).ToArray();

    /// <summary>The packed form of strings: a little-endian length before each.</summary>
    public static byte[] Pack(params byte[][] elements)
    {
        using MemoryStream packed = new();
        foreach (byte[] element in elements)
        {
            packed.Write(BitConverter.GetBytes(element.Length));
            packed.Write(element);
        }

        return packed.ToArray();
    }

    /// <summary>The elements of the packed form.</summary>
    public static byte[][] Unpack(byte[] packed)
    {
        List<byte[]> elements = [];
        for (int at = 0; at < packed.Length;)
        {
            int length = BitConverter.ToInt32(packed, at);
            elements.Add(packed[(at + 4)..(at + 4 + length)]);
            at += 4 + length;
        }

        return [.. elements];
    }
}
