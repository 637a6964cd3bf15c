using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Google.Protobuf;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Frontends.Grpc.Protos.TensorFlow;
using Ovms.Frontends.Grpc.Protos.TensorFlowServing;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>Calls of models of FP32 inputs and one output, through every API.</summary>
internal static class FloatCalls
{
    /// <summary>One call.</summary>
    /// <returns>The values of the model's one output; and its shape, except over TensorFlow's REST, which has no word for it.</returns>
    /// <exception cref="FloatCallException">It was refused.</exception>
    public static async Task<(long[]? Shape, float[] Values)> CallAsync(this OvmsServer server, CallWay way, string model, params (string Name, long[] Shape, float[] Values)[] inputs)
    {
        try
        {
            return way switch
            {
                CallWay.KServeGrpc => await OverKServeAsync(server, model, inputs),
                CallWay.TfsGrpc => await OverTfsAsync(server, model, inputs),
                CallWay.KServeRest => await OverRestAsync(server, model, inputs),
                _ => await OverTfsRestAsync(server, model, inputs),
            };
        }
        catch (Grpc.Core.RpcException refused)
        {
            throw new FloatCallException($"{refused.StatusCode}", refused.Status.Detail);
        }
    }

    /// <summary>One call that must fail.</summary>
    public static async Task<FloatCallException> RefusalAsync(this OvmsServer server, CallWay way, string model, params (string Name, long[] Shape, float[] Values)[] inputs) =>
        await Assert.That(async () => await server.CallAsync(way, model, inputs)).Throws<FloatCallException>() ?? throw new InvalidOperationException("The call was expected to fail.");

    /// <summary>Values 0, 1, 2 … and on from any first one.</summary>
    public static float[] Count(long count, float from = 0) => [.. Enumerable.Range(0, (int)count).Select(index => from + index)];

    private static async Task<(long[]? Shape, float[] Values)> OverKServeAsync(OvmsServer server, string model, (string Name, long[] Shape, float[] Values)[] inputs)
    {
        ModelInferRequest request = Requests.For(model);
        foreach ((string name, long[] shape, float[] values) in inputs)
        {
            request.WithRaw(name, "FP32", shape, values);
        }

        ModelInferResponse answer = await server.Client.ModelInferAsync(request);
        return ([.. answer.Outputs[0].Shape], answer.Values<float>(answer.Outputs[0].Name));
    }

    private static async Task<(long[]? Shape, float[] Values)> OverTfsAsync(OvmsServer server, string model, (string Name, long[] Shape, float[] Values)[] inputs)
    {
        PredictRequest request = new() { ModelSpec = new() { Name = model } };
        foreach ((string name, long[] shape, float[] values) in inputs)
        {
            TensorProto tensor = new() { Dtype = DataType.DtFloat, TensorShape = new(), TensorContent = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(values)) };
            tensor.TensorShape.Dim.Add(shape.Select(static size => new TensorShapeProto.Types.Dim { Size = size }));
            request.Inputs[name] = tensor;
        }

        TensorProto answer = (await new PredictionService.PredictionServiceClient(server.Channel).PredictAsync(request)).Outputs.Values.Single();
        return ([.. answer.TensorShape.Dim.Select(static dim => dim.Size)], MemoryMarshal.Cast<byte, float>(answer.TensorContent.Span).ToArray());
    }

    private static async Task<(long[]? Shape, float[] Values)> OverRestAsync(OvmsServer server, string model, (string Name, long[] Shape, float[] Values)[] inputs)
    {
        string written = string.Join(',', inputs.Select(static input =>
            $$"""{"name":"{{input.Name}}","datatype":"FP32","shape":[{{string.Join(',', input.Shape)}}],"data":[{{Text(input.Values)}}]}"""));
        JsonElement output = (await PostAsync(server, $"/v2/models/{model}/infer", $$"""{"inputs":[{{written}}]}""")).GetProperty("outputs")[0];
        return ([.. output.GetProperty("shape").EnumerateArray().Select(static size => size.GetInt64())], Flat(output.GetProperty("data")));
    }

    private static async Task<(long[]? Shape, float[] Values)> OverTfsRestAsync(OvmsServer server, string model, (string Name, long[] Shape, float[] Values)[] inputs)
    {
        string written = string.Join(',', inputs.Select(static input => $"\"{input.Name}\":{Nested(input.Shape, input.Values)}"));
        return (null, Flat((await PostAsync(server, $"/v1/models/{model}:predict", $$$"""{"inputs":{{{{written}}}}}""")).GetProperty("outputs")));
    }

    private static async Task<JsonElement> PostAsync(OvmsServer server, string path, string body)
    {
        using StringContent content = new(body);
        using HttpResponseMessage answer = await server.Http.PostAsync(path, content);
        using JsonDocument document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return answer.IsSuccessStatusCode
            ? document.RootElement.Clone()
            : throw new FloatCallException($"{(int)answer.StatusCode}", document.RootElement.GetProperty("error").GetString()!);
    }

    private static string Nested(ReadOnlySpan<long> shape, ReadOnlySpan<float> values)
    {
        if (shape.IsEmpty)
        {
            return Text(values[..1].ToArray());
        }

        List<string> parts = [];
        int size = values.Length / (int)shape[0];
        for (int i = 0; i < shape[0]; i++)
        {
            parts.Add(Nested(shape[1..], values.Slice(i * size, size)));
        }

        return $"[{string.Join(',', parts)}]";
    }

    private static float[] Flat(JsonElement data) =>
        data.ValueKind == JsonValueKind.Array ? [.. data.EnumerateArray().SelectMany(Flat)] : [data.GetSingle()];

    private static string Text(float[] values) => string.Join(',', values.Select(static value => value.ToString(CultureInfo.InvariantCulture)));
}

/// <summary>The APIs.</summary>
public enum CallWay
{
    KServeGrpc,
    KServeRest,
    TfsGrpc,
    TfsRest,
}

/// <summary>A call that was refused.</summary>
/// <param name="status">gRPC's name or HTTP's number.</param>
/// <param name="text">What it says.</param>
internal sealed class FloatCallException(string status, string text) : Exception($"{status}: {text}")
{
    public string Status => status;

    public string Text => text;
}
