using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>A caller of the accumulator, served as stateful: every call gives a number and gets the sum of its sequence.</summary>
internal static class Sums
{
    /// <summary>The ways to tell a sequence.</summary>
    public enum Way
    {
        /// <summary>gRPC, request parameters.</summary>
        GrpcParameters,

        /// <summary>gRPC, the original's tensors.</summary>
        GrpcTensors,

        /// <summary>REST, request parameters.</summary>
        RestParameters,

        /// <summary>REST, the original's tensors.</summary>
        RestTensors,
    }

    /// <summary>Starts the server on the accumulator under the name sums.</summary>
    public static Task<OvmsServer> ServeAsync(params string[] more) => OvmsServer.StartAsync(Repo.Model("accumulator"), "sums", ["--stateful", .. more]);

    /// <summary>One call that must succeed.</summary>
    /// <returns>The sum, and the sequence's id as the answer tells it.</returns>
    public static async Task<(float Sum, ulong Id)> AddAsync(this OvmsServer server, Way way, ulong id, float value, bool start = false, bool end = false)
    {
        switch (way)
        {
            case Way.GrpcParameters:
            {
                ModelInferResponse answer = await server.Client.ModelInferAsync(WithParameters(value, id, start, end));
                return (answer.Values<float>("sum")[0], (ulong)answer.Parameters["sequence_id"].Int64Param);
            }

            case Way.GrpcTensors:
            {
                ModelInferResponse answer = await server.Client.ModelInferAsync(WithTensors(value, id, start ? 1u : end ? 2u : 0u));
                return (answer.Values<float>("sum")[0], answer.Values<ulong>("sequence_id")[0]);
            }

            default:
            {
                (HttpStatusCode status, string text) = await server.PostAsync(way == Way.RestParameters ? JsonWithParameters(value, id, start, end) : JsonWithTensors(value, id, start ? 1u : end ? 2u : 0u));
                await Assert.That(status).IsEqualTo(HttpStatusCode.OK).Because(text);
                using JsonDocument answer = JsonDocument.Parse(text);
                JsonElement outputs = answer.RootElement.GetProperty("outputs");
                JsonElement told = way == Way.RestParameters ? answer.RootElement.GetProperty("parameters").GetProperty("sequence_id") : outputs[1].GetProperty("data")[0];
                return (outputs[0].GetProperty("data")[0].GetSingle(), told.GetUInt64());
            }
        }
    }

    /// <summary>A gRPC request with parameters; an id of 0 is left out.</summary>
    public static ModelInferRequest WithParameters(float value, ulong id, bool start = false, bool end = false)
    {
        ModelInferRequest request = Requests.For("sums").WithRaw("x", "FP32", [1, 1], value);
        if (id != 0)
        {
            request.Parameters["sequence_id"] = new InferParameter { Int64Param = (long)id };
        }

        request.Parameters["sequence_start"] = new InferParameter { BoolParam = start };
        request.Parameters["sequence_end"] = new InferParameter { BoolParam = end };
        return request;
    }

    /// <summary>A gRPC request with tensors.</summary>
    public static ModelInferRequest WithTensors(float value, ulong id, uint control) =>
        Requests.For("sums").WithRaw("sequence_id", "UINT64", [1], id).WithRaw("x", "FP32", [1, 1], value).WithRaw("sequence_control_input", "UINT32", [1], control);

    /// <summary>A REST request with parameters; an id of 0 is left out.</summary>
    public static string JsonWithParameters(float value, ulong id, bool start = false, bool end = false)
    {
        string told = id == 0 ? "" : $"\"sequence_id\":{id},";
        return Json($$"""{{{told}}"sequence_start":{{(start ? "true" : "false")}},"sequence_end":{{(end ? 1 : 0)}}}""", value);
    }

    /// <summary>A REST request with tensors.</summary>
    public static string JsonWithTensors(float value, ulong id, uint control) => Json(
        "{}",
        value,
        $$"""{"name":"sequence_id","shape":[1],"datatype":"UINT64","data":[{{id}}]}""",
        $$"""{"name":"sequence_control_input","shape":[1],"datatype":"UINT32","data":[{{control}}]}""");

    /// <summary>A REST request.</summary>
    public static string Json(string parameters, float value, params string[] tensors)
    {
        string inputs = string.Join(',', [$$"""{"name":"x","shape":[1,1],"datatype":"FP32","data":[{{value.ToString(CultureInfo.InvariantCulture)}}]}""", .. tensors]);
        return $$"""{"parameters":{{parameters}},"inputs":[{{inputs}}]}""";
    }

    /// <summary>Sends a REST request.</summary>
    public static async Task<(HttpStatusCode Status, string Text)> PostAsync(this OvmsServer server, string json)
    {
        using StringContent content = new(json, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await server.Http.PostAsync("/v2/models/sums/infer", content);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
