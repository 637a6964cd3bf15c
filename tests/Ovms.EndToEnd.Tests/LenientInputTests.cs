using System.Net;
using System.Text.Json;
using Ovms.EndToEnd.Tests.Harness;
using TUnit.Assertions.Enums;

namespace Ovms.EndToEnd.Tests;

/// <summary>What users of the original send and configure, and what a stricter reader would refuse.</summary>
public sealed class LenientInputTests
{
    private static TinyModel s_whole = null!;
    private static ConfigFolder s_folder = null!;
    private static OvmsServer s_server = null!;

    [Before(Class)]
    public static async Task StartServer()
    {
        s_whole = new TinyModel("i64", "?", "x", "y");
        s_folder = new ConfigFolder(
            $$$"""
            {"model_config_list": [
                {"config": {"name": "dummy", "base_path": "${MODELS}/dummy", "plugin_config": {"CPU_RUNTIME_CACHE_CAPACITY": 20} } },
                {"config": {"name": "auto", "base_path": "${MODELS}/dummy", "target_device": "AUTO:CPU", "plugin_config": {"CPU_RUNTIME_CACHE_CAPACITY": 20} } },
                {"config": {"name": "image", "base_path": "${MODELS}/increment_1x3x4x5", "layout": "NHWC : NCHW"}},
                {"config": {"name": "whole", "base_path": "{{{s_whole.Path}}}"}}]}
            """);
        s_server = await s_folder.StartAsync("Ready after");
    }

    [After(Class)]
    public static async Task StopServer()
    {
        await s_server.DisposeAsync();
        s_folder.Dispose();
        s_whole.Dispose();
    }

    [Test]
    [Arguments("""{"instances":[1.0,-2.0,3e0]}""", "predictions")]
    [Arguments("""{"inputs":{"x":[1.0,-2,3.00]}}""", "outputs")]
    public async Task IntegersWrittenAsFloats_AreComputedWith(string body, string answer)
    {
        using JsonDocument document = await PostAsync("/v1/models/whole:predict", body, HttpStatusCode.OK);
        await Assert.That(document.RootElement.GetProperty(answer).EnumerateArray().Select(static value => value.GetInt64())).IsEquivalentTo([1L, -2, 3], CollectionOrdering.Matching);
    }

    [Test]
    public async Task FractionForAnInteger_IsRefused()
    {
        using JsonDocument document = await PostAsync("/v1/models/whole:predict", """{"instances":[1.5]}""", HttpStatusCode.BadRequest);
        await Assert.That(document.RootElement.GetProperty("error").GetString()!).Contains("value 0 is 1.5; INT64 takes whole numbers");
    }

    [Test]
    [Arguments("/v1/models/{0}:predict", """{"instances":[[1,NaN,3,4,5,6,7,8,Infinity,-Infinity]]}""")]
    [Arguments("/v2/models/{0}/infer", """{"inputs":[{"name":"b","shape":[1,10],"datatype":"FP32","data":[1,NaN,3,4,5,6,7,8,Infinity,-Infinity]}],"parameters":{"binary_data_output":1}}""")]
    [Arguments("/v2/models/{0}/infer", """{"inputs":[{"data":[1,NaN,3,4,5,6,7,8,Infinity,-Infinity],"name":"b","shape":[1,10],"datatype":"FP32"}],"parameters":{"binary_data_output":""}}""")]
    public async Task NanAndInfinityWithoutQuotes_AreComputedWith(string path, string body)
    {
        foreach (string model in (string[])["dummy", "auto"])
        {
            using JsonDocument document = await PostAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, path, model), body, HttpStatusCode.OK);
            JsonElement values = document.RootElement.TryGetProperty("predictions", out JsonElement rows) ? rows[0] : document.RootElement.GetProperty("outputs")[0].GetProperty("data");
            await Assert.That(values.GetRawText()).IsEqualTo("""[2.0,"NaN",4.0,5.0,6.0,7.0,8.0,9.0,"Infinity","-Infinity"]""");
        }
    }

    [Test]
    public async Task LayoutWithBlanks_IsTaken()
    {
        using JsonDocument metadata = JsonDocument.Parse(await s_server.Http.GetStringAsync("/v2/models/image"));
        long[] shape = [.. metadata.RootElement.GetProperty("inputs")[0].GetProperty("shape").EnumerateArray().Select(static value => value.GetInt64())];
        await Assert.That(shape).IsEquivalentTo([1L, 4, 5, 3], CollectionOrdering.Matching);
    }

    private static async Task<JsonDocument> PostAsync(string path, string body, HttpStatusCode expected)
    {
        using HttpResponseMessage answer = await s_server.Http.PostAsync(path, new StringContent(body));
        string text = await answer.Content.ReadAsStringAsync();
        await Assert.That(answer.StatusCode).IsEqualTo(expected).Because(text);
        return JsonDocument.Parse(text);
    }
}
