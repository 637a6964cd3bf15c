using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Frontends.Grpc.Protos.TensorFlow;
using Ovms.Frontends.Grpc.Protos.TensorFlowServing;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>Calls of models that classify one image, with the image's file, through every API.</summary>
internal static class ImageCalls
{
    /// <summary>One call.</summary>
    /// <returns>The scores of all classes.</returns>
    public static async Task<float[]> ClassifyAsync(this OvmsServer server, CallWay way, string model, string input, byte[] file)
    {
        switch (way)
        {
            case CallWay.KServeGrpc:
            {
                ModelInferResponse answer = await server.Client.ModelInferAsync(Requests.For(model).WithBytes(input, "BYTES", [1], Requests.Pack(file)));
                return Numbers(answer.Outputs[0].Datatype == "FP16", answer.RawOutputContents[0].Span);
            }

            case CallWay.TfsGrpc:
            {
                PredictRequest request = new() { ModelSpec = new() { Name = model } };
                request.Inputs[input] = new TensorProto { Dtype = DataType.DtString, TensorShape = new() { Dim = { new TensorShapeProto.Types.Dim { Size = 1 } } }, StringVal = { ByteString.CopyFrom(file) } };
                TensorProto answer = (await new PredictionService.PredictionServiceClient(server.Channel).PredictAsync(request)).Outputs.Values.Single();
                return Numbers(answer.Dtype == DataType.DtHalf, answer.TensorContent.Span);
            }

            case CallWay.KServeRest:
            {
                byte[] json = Encoding.UTF8.GetBytes($$"""{"inputs":[{"name":"{{input}}","shape":[1],"datatype":"BYTES"}]}""");
                using HttpRequestMessage request = new(HttpMethod.Post, $"/v2/models/{model}/infer") { Content = new ByteArrayContent([.. json, .. Requests.Pack(file)]) };
                request.Headers.Add("Inference-Header-Content-Length", json.Length.ToString(CultureInfo.InvariantCulture));
                return Flat((await SendAsync(server, request)).GetProperty("outputs")[0].GetProperty("data"));
            }

            default:
            {
                using HttpRequestMessage request = new(HttpMethod.Post, $"/v1/models/{model}:predict") { Content = new StringContent($$"""{"instances":[{"b64":"{{Convert.ToBase64String(file)}}"}]}""") };
                return Flat((await SendAsync(server, request)).GetProperty("predictions"));
            }
        }
    }

    private static async Task<JsonElement> SendAsync(OvmsServer server, HttpRequestMessage request)
    {
        using HttpResponseMessage answer = await server.Http.SendAsync(request);
        string text = await answer.Content.ReadAsStringAsync();
        using JsonDocument document = JsonDocument.Parse(text);
        return answer.IsSuccessStatusCode ? document.RootElement.Clone() : throw new FloatCallException($"{(int)answer.StatusCode}", text);
    }

    // The models at hand give FP16 or UINT8.
    private static float[] Numbers(bool isHalf, ReadOnlySpan<byte> raw) =>
        isHalf ? [.. MemoryMarshal.Cast<byte, Half>(raw).ToArray().Select(static value => (float)value)] : [.. raw.ToArray().Select(static value => (float)value)];

    private static float[] Flat(JsonElement data) =>
        data.ValueKind == JsonValueKind.Array ? [.. data.EnumerateArray().SelectMany(Flat)] : [data.GetSingle()];
}
