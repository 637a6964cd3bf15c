using System.Text.Json;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Tests.Observability;

namespace Ovms.EndToEnd.Tests;

/// <summary>What KServe's statistics and the families of inference tell of a language model.</summary>
public sealed class LanguageStatisticsTests
{
    [Test]
    public async Task RequestsForText_CountAsInferences()
    {
        await using LanguageServer server = await LanguageServer.StartAsync(LanguageServer.SmallFolder);
        await server.AnswerAsync("completions", "\"prompt\":[\"The licence\",\"The\"],\"n\":2,\"max_tokens\":3,\"ignore_eos\":true");
        await server.StreamAsync("completions", "\"prompt\":\"The licence\",\"max_tokens\":30,\"ignore_eos\":true");

        // Computes nothing, and counts only where it fails.
        await server.AnswerAsync("tokenize", "\"text\":\"The licence\"");
        await server.RefusalAsync("completions", "\"prompt\":\"The licence\",\"temperature\":3");

        JsonElement all = JsonPath.Parse(await server.Server.Http.GetStringAsync($"/v2/models/{LanguageServer.Small}/stats"));
        JsonElement stats = all.At("model_stats.0");
        await Assert.That(Number(stats, "inference_count")).IsEqualTo(5);
        await Assert.That(Number(stats, "execution_count")).IsEqualTo(2);
        await Assert.That(Number(stats, "inference_stats.fail.count")).IsEqualTo(1);
        foreach (string phase in (string[])["success", "queue", "compute_input", "compute_infer", "compute_output"])
        {
            await Assert.That(Number(stats, $"inference_stats.{phase}.count")).IsEqualTo(2).Because(phase);
        }

        // The phases are parts of the whole, and almost all of it is computing.
        double total = Number(stats, "inference_stats.success.ns");
        double infer = Number(stats, "inference_stats.compute_infer.ns");
        double rest = Number(stats, "inference_stats.queue.ns") + Number(stats, "inference_stats.compute_input.ns")
            + Number(stats, "inference_stats.compute_output.ns");
        await Assert.That(infer).IsGreaterThan(0);
        await Assert.That(Math.Abs(total - infer - rest)).IsLessThan(total / 1000);
        await Assert.That(stats.At("batch_stats").EnumerateArray().Select(static batch => (int)Number(batch, "batch_size")))
            .IsEquivalentTo([1, 4]);

        Exposition metrics = await Scrape.NowAsync(server.Server);
        const string Version = $"name=\"{LanguageServer.Small}\",version=\"1\"";
        await Assert.That(metrics[$"ovms_streams{{{Version}}}"]).IsGreaterThan(0);
        await Assert.That(metrics[$"ovms_inference_time_us_count{{{Version}}}"]).IsEqualTo(2);
        await Assert.That(metrics[$"ovms_wait_for_infer_req_time_us_count{{{Version}}}"]).IsEqualTo(2);
        await Assert.That(Math.Abs((metrics[$"ovms_inference_time_us_sum{{{Version}}}"] * 1000) - infer)).IsLessThan(infer / 100);
    }

    private static double Number(JsonElement element, string path) =>
        element.At(path) is var value && value.ValueKind == JsonValueKind.String
            ? double.Parse(value.GetString()!, System.Globalization.CultureInfo.InvariantCulture)
            : value.GetDouble();
}
