using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Ovms.Benchmarks.Callers;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.Benchmarks;

/// <summary>One model and one fixed input for it, in every form in which it goes over a wire.</summary>
internal sealed class Workload
{
    private readonly string _inputName;

    private Workload(string name, string path, string inputName, long[] shape, int callsPerRound)
    {
        Name = name;
        ModelPath = path;
        Shape = shape;
        CallsPerRound = callsPerRound;
        _inputName = inputName;
        float[] values = new float[shape.Aggregate(1L, static (product, dimension) => product * dimension)];
        for (int i = 0; i < values.Length; i++)
            values[i] = i % 251 / 16f;
        Input = MemoryMarshal.AsBytes<float>(values).ToArray();
    }

    /// <summary>The name the model is served under.</summary>
    public string Name { get; }

    /// <summary>The folder with its versions.</summary>
    public string ModelPath { get; }

    /// <summary>The model's file.</summary>
    public string File => Path.Combine(ModelPath, "1", $"{Name}.xml");

    /// <summary>Shape of the input.</summary>
    public long[] Shape { get; }

    /// <summary>Bytes of the input, FP32.</summary>
    public byte[] Input { get; }

    /// <summary>Calls of each caller in one round: a round is short, so that what disturbs the machine disturbs all.</summary>
    public int CallsPerRound { get; }

    /// <summary>A model of almost no work: what is measured is everything else.</summary>
    public static Workload Dummy() => new("dummy", Repo.Path("tests/models/dummy"), "b", [1, 10], 200);

    /// <summary>An image-sized input and real work; null where the model is not at hand.</summary>
    public static Workload? Resnet50()
    {
        string path = Repo.Path("../shared/models/resnet50");
        return Directory.Exists(path) ? new Workload("resnet50", path, "input", [1, 3, 224, 224], 10) : null;
    }

    /// <summary>A ModelInferRequest with raw contents.</summary>
    public byte[] GrpcRequest() => new ModelInferRequest
    {
        ModelName = Name,
        Inputs = { new ModelInferRequest.Types.InferInputTensor { Name = _inputName, Datatype = "FP32", Shape = { Shape } } },
        RawInputContents = { ByteString.CopyFrom(Input) },
    }.ToByteArray();

    /// <summary>An HTTP request with binary input and output.</summary>
    public byte[] RestBinaryRequest()
    {
        JsonObject input = Describe();
        input["parameters"] = new JsonObject { ["binary_data_size"] = Input.Length };
        JsonObject document = new() { ["inputs"] = new JsonArray(input), ["parameters"] = new JsonObject { ["binary_data_output"] = true } };
        byte[] json = Encoding.UTF8.GetBytes(document.ToJsonString());
        return HttpCaller.Request($"/v2/models/{Name}/infer", [.. json, .. Input], json.Length);
    }

    /// <summary>An HTTP request with JSON in and out.</summary>
    public byte[] RestJsonRequest()
    {
        JsonObject input = Describe();
        input["data"] = new JsonArray([.. MemoryMarshal.Cast<byte, float>(Input).ToArray().Select(static value => (JsonNode)value)]);
        return HttpCaller.Request($"/v2/models/{Name}/infer", Encoding.UTF8.GetBytes(new JsonObject { ["inputs"] = new JsonArray(input) }.ToJsonString()), null);
    }

    private JsonObject Describe() => new()
    {
        ["name"] = _inputName,
        ["shape"] = new JsonArray([.. Shape.Select(static dimension => (JsonNode)dimension)]),
        ["datatype"] = "FP32",
    };
}
