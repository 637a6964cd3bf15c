using System.Net.ServerSentEvents;
using System.Text.Json;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Tests.Observability;

namespace Ovms.EndToEnd.Tests;

/// <summary>What /metrics tells of requests for text, against the very calls that were made.</summary>
public sealed class LanguageMetricsTests
{
    private const string Short = "\"prompt\":\"The\",\"max_tokens\":3,\"ignore_eos\":true";
    private const string Long = "\"stream\":true,\"prompt\":\"The licence\",\"max_tokens\":2000,\"ignore_eos\":true,\"n\":20";
    private const string Version = "name=\"chat\",version=\"1\"";

    [Test]
    public async Task EveryCall_IsCountedOnceWhereItBelongs()
    {
        using ConfigFolder config = Models();
        await using OvmsServer server = await config.StartAsync("Ready after", "--metrics_enable");
        Exposition before = await Scrape.NowAsync(server);
        foreach (string series in (string[])[Call("success", "Unary"), Call("success", "Stream"), Call("fail", "Unary"), Call("fail", "Stream")])
        {
            await Assert.That(before[series]).IsEqualTo(0).Because(series);
        }

        await Assert.That(before[$"ovms_model_devices{{devices=\"CPU\",{Version}}}"]).IsEqualTo(1);
        await Assert.That(before.All.Any(static sample => sample.Labels.GetValueOrDefault("api") == "V3" && sample.Labels["name"] == "dummy")).IsFalse();

        LanguageServer chat = new(server, "chat");
        LanguageServer dummy = new(server, "dummy");
        LanguageServer missing = new(server, "missing");
        await chat.AnswerAsync("completions", Short);
        await chat.AnswerAsync("chat/completions", "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"max_tokens\":3");
        JsonElement tokens = await chat.AnswerAsync("tokenize", "\"text\":\"The licence\"");
        await chat.AnswerAsync("detokenize", $"\"tokens\":{tokens.At("tokens").GetRawText()}");
        LanguageStream stream = await chat.StreamAsync("completions", Short);
        foreach ((LanguageServer model, string path, string fields, int status) in new[]
        {
            (chat, "completions", "\"prompt\":\"a\",\"temperature\":3", 400),
            (chat, "completions", "\"prompt\":[1500]", 400),
            (chat, "tokenize", "\"text\":1", 400),
            (chat, "completions", "\"stream\":true,\"prompt\":\"a\",\"top_p\":2", 400),
            (dummy, "completions", Short, 400),
            (missing, "completions", Short, 404),
        })
        {
            await Assert.That((await model.RefusalAsync(path, fields)).Status).IsEqualTo(status).Because(path + fields);
        }

        using HttpResponseMessage inference = await server.Http.PostAsync(
            "/v2/models/chat/infer", new StringContent("{\"inputs\":[{\"name\":\"x\",\"shape\":[1],\"datatype\":\"INT64\",\"data\":[1]}]}"));

        Exposition after = await Scrape.NowAsync(server);
        Dictionary<string, double> counted = after.All
            .Where(static sample => sample.Value != 0 && sample.Labels.ContainsKey("api") && sample.Name != "ovms_responses")
            .ToDictionary(static sample => sample.Series(), static sample => sample.Value);
        await Assert.That(counted).IsEquivalentTo(new Dictionary<string, double>
        {
            [Call("success", "Unary")] = 4,
            [Call("success", "Stream")] = 1,
            [Call("fail", "Unary")] = 3,
            [Call("fail", "Stream")] = 1,
            [$"ovms_requests_fail{{api=\"KServe\",interface=\"REST\",method=\"ModelInfer\",{Version}}}"] = 1,
            ["ovms_requests_fail{api=\"V3\",interface=\"REST\",method=\"Unary\",name=\"dummy\",version=\"1\"}"] = 1,
            [Graph("requests_accepted", "Unary")] = 4,
            [Graph("requests_accepted", "Stream")] = 1,
            [Graph("requests_rejected", "Unary")] = 3,
            [Graph("requests_rejected", "Stream")] = 1,
            ["ovms_requests_rejected{api=\"V3\",interface=\"REST\",method=\"Unary\",name=\"dummy\"}"] = 1,
        });

        // An event that begins the stream or holds the usage is no response of the model.
        await Assert.That(after[Graph("responses", "Unary")]).IsEqualTo(4);
        await Assert.That(after[Graph("responses", "Stream")]).IsBetween(1, stream.Chunks.Count);
        await Assert.That(after[$"ovms_request_time_us_count{{interface=\"REST\",{Version}}}"]).IsEqualTo(5);
        await Assert.That(after[$"ovms_request_time_us_sum{{interface=\"REST\",{Version}}}"]).IsGreaterThan(0);
        await Assert.That(after["ovms_graph_processing_time_us_count{method=\"Unary\",name=\"chat\"}"]).IsEqualTo(4);
        await Assert.That(after["ovms_graph_processing_time_us_count{method=\"Stream\",name=\"chat\"}"]).IsEqualTo(1);
        await Assert.That(after[$"ovms_current_requests{{{Version}}}"]).IsEqualTo(0);
        await Assert.That(after["ovms_current_graphs{name=\"chat\"}"]).IsEqualTo(0);
        await Promtool.CheckAsync(await server.Http.GetStringAsync("/metrics"));
    }

    [Test]
    public async Task CallInProgress_ShowsUntilItsCallerLeaves()
    {
        using ConfigFolder config = Models();
        await using OvmsServer server = await config.StartAsync("Ready after", "--metrics_enable");
        using (CancellationTokenSource leave = new())
        {
            using HttpResponseMessage answer = await new LanguageServer(server, "chat").SendAsync("completions", Long, leave.Token);
            await using Stream body = await answer.Content.ReadAsStreamAsync(leave.Token);
            await foreach (SseItem<string> item in LanguageServer.EventsAsync(body, leave.Token))
            {
                await Assert.That(item.Data).Contains("text_completion.chunk");
                break;
            }

            Exposition during = await Scrape.NowAsync(server);
            await Assert.That(during[$"ovms_current_requests{{{Version}}}"]).IsEqualTo(1);
            await Assert.That(during["ovms_current_graphs{name=\"chat\"}"]).IsEqualTo(1);
            await Assert.That(during[Graph("requests_accepted", "Stream")]).IsEqualTo(1);
            await Assert.That(during[Call("fail", "Stream")]).IsEqualTo(0);
        }

        Exposition after = await Scrape.UntilAsync(server, Call("fail", "Stream"), 1);
        await Assert.That(after[Call("success", "Stream")]).IsEqualTo(0);
        await Assert.That(after[$"ovms_cancelled_requests_total{{{Version}}}"]).IsEqualTo(1);
        await Assert.That(after[Graph("graph_error", "Stream")]).IsEqualTo(1);
        await Assert.That(after[Graph("requests_rejected", "Stream")]).IsEqualTo(0);
        await Assert.That(after[$"ovms_request_time_us_count{{interface=\"REST\",{Version}}}"]).IsEqualTo(0);
        await Assert.That(after[$"ovms_current_requests{{{Version}}}"]).IsEqualTo(0);
        await Assert.That(after["ovms_current_graphs{name=\"chat\"}"]).IsEqualTo(0);
    }

    private static ConfigFolder Models()
    {
        string language = JsonSerializer.Serialize(LanguageServer.SmallFolder);
        return new ConfigFolder(
            $$$"""
            {"model_config_list": [
                {"config": {"name": "chat", "base_path": {{{language}}}}},
                {"config": {"name": "dummy", "base_path": "${MODELS}/dummy"}}
            ]}
            """);
    }

    private static string Call(string family, string method) =>
        $"ovms_requests_{family}{{api=\"V3\",interface=\"REST\",method=\"{method}\",{Version}}}";

    private static string Graph(string family, string method) =>
        $"ovms_{family}{{api=\"V3\",interface=\"REST\",method=\"{method}\",name=\"chat\"}}";
}
