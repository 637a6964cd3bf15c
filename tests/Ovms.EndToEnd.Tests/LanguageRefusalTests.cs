using System.Net;
using System.Text.Json;
using Grpc.Core;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Tests.Observability;

namespace Ovms.EndToEnd.Tests;

/// <summary>A language model beside a model for inference: what each API answers for each of them, and what callers do wrong.</summary>
public sealed class LanguageRefusalTests
{
    private const string Messages = """ "messages":[{"role":"user","content":"hi"}]""";

    private static ConfigFolder? s_folder;

    private static readonly Lazy<Task<OvmsServer>> s_server = new(StartAsync);

    [After(Class)]
    public static async Task StopServer()
    {
        if (s_server.IsValueCreated && s_server.Value.IsCompletedSuccessfully)
        {
            await s_server.Value.Result.DisposeAsync();
        }

        s_folder?.Dispose();
    }

    [Test]
    [Arguments("chat/completions", "\"max_tokens\":1", 400, "Messages missing in request")]
    [Arguments("chat/completions", "\"messages\":[]", 400, "Messages array cannot be empty")]
    [Arguments("chat/completions", "\"messages\":[{\"content\":\"x\"}]", 400, "Every message must have 'role' field")]
    [Arguments("chat/completions", "\"temperature\":3," + Messages, 400, "temperature out of range(0.0, 2.0)")]
    [Arguments("chat/completions", "\"top_k\":0," + Messages, 400, "top_k must be -1 (all tokens) or a positive integer")]
    [Arguments("chat/completions", "\"max_tokens\":0," + Messages, 400, "max_tokens value should be greater than 0")]
    [Arguments("chat/completions", "\"stream_options\":{}," + Messages, 400, "stream_options provided, but stream not set to true")]
    [Arguments("chat/completions", "\"n\":3,\"best_of\":2," + Messages, 400, "n value cannot be greater than best_of")]
    [Arguments("chat/completions", "\"n\":21," + Messages, 400, "n is 21; it must not be above best_of_limit, which is 20 for this model")]
    [Arguments("chat/completions", "\"logit_bias\":{\"1500\":1}," + Messages, 400, "logit_bias")]
    [Arguments("chat/completions", "\"response_format\":{\"type\":\"json_object\"}," + Messages, 400, "response_format json_object is not served yet")]
    [Arguments("chat/completions", "\"tool_choice\":\"required\"," + Messages, 400, "tool_choice")]
    [Arguments("completions", "\"tool_choice\":\"required\",\"prompt\":\"Hi\"", 400, "tool_choice")]
    [Arguments("chat/completions", "\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"f\"}}," + Messages, 400, "tool_choice: only none and auto are served yet")]
    [Arguments("chat/completions", "\"audio\":{\"voice\":\"x\",\"format\":\"wav\"}," + Messages, 400, "audio: this model answers with text only")]
    [Arguments("chat/completions", "\"stop\":[\"\"]," + Messages, 400, "stop holds an empty string")]
    [Arguments("chat/completions", "\"modalities\":[\"audio\"]," + Messages, 400, "modalities")]
    [Arguments("chat/completions", "\"stream\":true,\"top_p\":2," + Messages, 400, "top_p out of range(0.0, 1.0)")]
    [Arguments("completions", "\"max_tokens\":1", 400, "prompt is missing in request")]
    [Arguments("completions", "\"prompt\":[1500]", 400, "the model has the token ids 0 to 1499")]
    [Arguments("completions", "\"prompt\":[[1],[2]],\"n\":2", 400, "4 answers")]
    [Arguments("tokenize", "\"text\":\"a\",\"prompt\":\"b\"", 400, "exactly one of text, prompt and messages")]
    [Arguments("detokenize", "\"tokens\":[1500]", 400, "1500")]
    public async Task CallersFault_IsToldInTheOriginalsWords(string path, string fields, int status, string text)
    {
        // One of at most 3 sequences at a time; the other requests are refused before that counts.
        LanguageServer server = new(await s_server.Value, "narrow");
        (int actual, string error) = await server.RefusalAsync(path, fields);
        await Assert.That(error).Contains(text);
        await Assert.That(actual).IsEqualTo(status);
    }

    [Test]
    public async Task LongPrompt_IsRefused()
    {
        LanguageServer server = new(await s_server.Value, "chat");
        string ids = string.Join(',', Enumerable.Repeat(300, 2049));
        (int status, string error) = await server.RefusalAsync("completions", $"\"prompt\":[{ids}]");
        await Assert.That(error).Contains("Number of prompt tokens: 2049 exceeds model max length: 2048");
        await Assert.That(status).IsEqualTo(400);
        (status, error) = await server.RefusalAsync("completions", "\"prompt\":[300,300],\"max_tokens\":2047");
        await Assert.That(error).Contains("Number of prompt tokens: 2 + max tokens value: 2047 exceeds model max length: 2048");
        await Assert.That(status).IsEqualTo(400);
    }

    [Test]
    public async Task CallersFault_IsNotWorthAnotherTry()
    {
        LanguageServer server = new(await s_server.Value, "chat");
        using HttpResponseMessage refused = await server.SendAsync("completions", "\"prompt\":\"a\",\"logit_bias\":{\"1500\":1}");
        await Assert.That(refused.StatusCode).IsEqualTo(HttpStatusCode.BadRequest);
        await Assert.That(refused.Headers.RetryAfter).IsNull();
    }

    [Test]
    [Arguments("/v3/chat/completions")]
    [Arguments("/v1/chat/completions")]
    [Arguments("/v1/completions")]
    [Arguments("/v3/tokenize")]
    public async Task Browsers_AreAllowed(string path)
    {
        OvmsServer server = await s_server.Value;
        using HttpRequestMessage preflight = new(HttpMethod.Options, path);
        using HttpResponseMessage answer = await server.Http.SendAsync(preflight);
        await Assert.That(answer.StatusCode).IsEqualTo(HttpStatusCode.OK);
        foreach (string header in (string[])["Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers"])
        {
            await Assert.That(answer.Headers.GetValues(header).Single()).IsEqualTo("*");
        }
    }

    [Test]
    [Arguments("missing", 404, "missing")]
    [Arguments("dummy", 400, "/v2/models/dummy/infer")]
    [Arguments("plain", 400, "/v2/models/plain/infer")]
    public async Task ModelThatGeneratesNoText_IsRefused(string model, int status, string text)
    {
        LanguageServer server = new(await s_server.Value, model);
        foreach (string path in (string[])["chat/completions", "completions", "tokenize"])
        {
            (int actual, string error) = await server.RefusalAsync(path, Messages);
            await Assert.That(error).Contains(text);
            await Assert.That(actual).IsEqualTo(status);
        }
    }

    // The kind of stream comes before the model, and the model before all other fields.
    [Test]
    [Arguments("chat/completions", "\"stream\":1,\"temperature\":9", 400, "stream field is not a boolean")]
    [Arguments("completions", "\"stream\":1", 400, "stream field is not a boolean")]
    [Arguments("chat/completions", "\"temperature\":9", 404, "missing")]
    [Arguments("completions", "\"stream\":true,\"temperature\":9", 404, "missing")]
    [Arguments("tokenize", "\"stream\":1,\"max_length\":0", 404, "missing")]
    public async Task UnknownModelAndAnotherFault_TheFirstIsTold(string path, string fields, int status, string text)
    {
        LanguageServer server = new(await s_server.Value, "missing");
        (int actual, string error) = await server.RefusalAsync(path, fields);
        await Assert.That(error).Contains(text);
        await Assert.That(actual).IsEqualTo(status);
    }

    [Test]
    public async Task Prompts_AreAsManyAsTheModelComputesAtATime()
    {
        // 256 by default; another request is refused by its number alone.
        LanguageServer server = new(await s_server.Value, "chat");
        string Prompts(int count) => $"\"prompt\":[{string.Join(',', Enumerable.Repeat("[300]", count))}],\"max_tokens\":1";
        (int status, string error) = await server.RefusalAsync("completions", Prompts(257));
        await Assert.That(error).Contains("257 answers were asked for (prompts: 257, n: 1); this model computes at most 256 at a time (max_num_seqs)");
        await Assert.That(status).IsEqualTo(400);
        JsonElement answer = await server.AnswerAsync("completions", Prompts(256));
        await Assert.That(answer.At("choices").EnumerateArray().Select(static choice => choice.At("index").GetInt32()).SequenceEqual(Enumerable.Range(0, 256))).IsTrue();
    }

    [Test]
    public async Task BodyThatIsNoObject_IsRefused()
    {
        OvmsServer server = await s_server.Value;
        foreach (string body in (string[])["", "[]", "{\"model\":", "{\"model\":1}", "{}"])
        {
            using HttpResponseMessage answer = await server.Http.PostAsync("/v3/chat/completions", new StringContent(body));
            await Assert.That(answer.StatusCode).IsEqualTo(HttpStatusCode.BadRequest).Because(body);
        }
    }

    [Test]
    public async Task Inference_IsRefusedAndNamesTheEndpoints()
    {
        OvmsServer server = await s_server.Value;
        (string Path, string Body)[] calls =
        [
            ("/v2/models/chat/infer", """{"inputs":[{"name":"input_ids","shape":[1,1],"datatype":"INT64","data":[1]}]}"""),
            ("/v1/models/chat:predict", """{"instances":[1]}"""),
        ];
        foreach ((string path, string body) in calls)
        {
            using HttpResponseMessage answer = await server.Http.PostAsync(path, new StringContent(body));
            await Assert.That(await answer.Content.ReadAsStringAsync()).Contains("/v3/chat/completions").Because(path);
            await Assert.That(answer.StatusCode).IsEqualTo(HttpStatusCode.BadRequest).Because(path);
        }

        RpcException fault = await Fault.OfAsync(async () => await server.Client.ModelInferAsync(new ModelInferRequest { ModelName = "chat" }));
        await Assert.That(fault.StatusCode).IsEqualTo(StatusCode.InvalidArgument);
        await Assert.That(fault.Status.Detail).Contains("/v3/chat/completions");
    }

    [Test]
    public async Task MetadataReadinessAndStatus_AreThoseOfAnyModel()
    {
        OvmsServer server = await s_server.Value;
        JsonElement metadata = JsonPath.Parse(await server.Http.GetStringAsync("/v2/models/chat"));
        await Assert.That(metadata.Text("name")).IsEqualTo("chat");
        await Assert.That(metadata.Text("versions.0")).IsEqualTo("1");
        using HttpResponseMessage ready = await server.Http.GetAsync("/v2/models/chat/ready");
        await Assert.That(ready.StatusCode).IsEqualTo(HttpStatusCode.OK);
        JsonElement status = JsonPath.Parse(await server.Http.GetStringAsync("/v1/models/chat"));
        await Assert.That(status.Text("model_version_status.0.state")).IsEqualTo("AVAILABLE");
        await Assert.That((await server.Client.ModelReadyAsync(new ModelReadyRequest { Name = "chat" })).Ready).IsTrue();
        await Assert.That((await server.Client.ModelMetadataAsync(new ModelMetadataRequest { Name = "chat" })).Name).IsEqualTo("chat");
    }

    [Test]
    [Arguments("""[{"role":"user","content":null}]""", "user:")]
    [Arguments("""[{"role":"user"}]""", "user:")]
    [Arguments("""[{"role":"user","content":" \u00e9😀 "}]""", "user:é😀")]
    [Arguments("""[{"role":"developer","content":"Be brief."},{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]""", "developer:Be brief.|user:a\nb")]
    [Arguments("""[{"role":"user","content":"x"},{"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"1","content":"y"}]""", "user:x|assistant:|tool:y")]
    public async Task MessagesThatClientsSend_AreTaken(string messages, string prompt)
    {
        LanguageServer server = new(await s_server.Value, "chat");
        JsonElement answer = await server.AnswerAsync(
            "chat/completions",
            $$$$"""
            "messages":{{{{messages}}}},"max_completion_tokens":3,"ignore_eos":true,"user":"me","store":null,"metadata":{},"temperature":null,
            "num_assistant_tokens":"x","assistant_confidence_threshold":[],"max_ngram_size":{},"return_token_ids":true,
            "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}],"tool_choice":"auto"
            """);
        string expected = string.Concat(prompt.Split('|').Select(static message => $"<|im_start|>{message.Replace(":", "\n", StringComparison.Ordinal)}<|im_end|>\n"));
        await Assert.That(await server.TextOfAsync(answer.Ids("prompt_token_ids"))).IsEqualTo($"{expected}<|im_start|>assistant\n");
        await Assert.That(answer.At("usage.completion_tokens").GetInt32()).IsEqualTo(3);
        await Assert.That(answer.Text("choices.0.message.role")).IsEqualTo("assistant");
        await Assert.That(answer.At("choices.0.message.tool_calls").GetArrayLength()).IsEqualTo(0);
    }

    [Test]
    public async Task FullQueue_SaysWhenToComeAgain()
    {
        LanguageServer server = new(await s_server.Value, "narrow");
        using CancellationTokenSource leave = new();
        Task<HttpResponseMessage>[] calls = [.. Enumerable.Range(0, 40).Select(_ => server.SendAsync(
            "completions", "\"prompt\":\"The\",\"ignore_eos\":true,\"n\":3,\"max_tokens\":1500", leave.Token))];
        Task<HttpResponseMessage> first = await Task.WhenAny(calls);
        using HttpResponseMessage refused = await first;
        await Assert.That((int)refused.StatusCode).IsEqualTo(429);
        await Assert.That(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds).IsGreaterThanOrEqualTo(1);
        Exposition metrics = Exposition.Parse(await (await s_server.Value).Http.GetStringAsync("/metrics"));
        await Assert.That(metrics["ovms_refused_requests_total{name=\"narrow\",version=\"1\"}"]).IsGreaterThanOrEqualTo(1);

        // The callers of the others leave, and the model serves the next one.
        await leave.CancelAsync();
        await Task.WhenAll(calls.Select(static call => call.ContinueWith(static ended => ended.IsFaulted, TaskScheduler.Default)));
        for (int tries = 0; ; tries++)
        {
            using HttpResponseMessage next = await server.SendAsync("completions", "\"prompt\":\"The\",\"max_tokens\":1");
            if (next.IsSuccessStatusCode)
            {
                break;
            }

            await Assert.That(tries).IsLessThan(100);
            await Task.Delay(100);
        }
    }

    private static async Task<OvmsServer> StartAsync()
    {
        string language = JsonSerializer.Serialize(LanguageServer.SmallFolder);
        s_folder = new ConfigFolder(
            $$$"""
            {"model_config_list": [
                {"config": {"name": "chat", "base_path": {{{language}}}, "plugin_config": {{{LanguageServer.Exact}}}}},
                {"config": {"name": "narrow", "base_path": {{{language}}}, "max_num_seqs": 3}},
                {"config": {"name": "plain", "base_path": {{{language}}}, "task": "none"}},
                {"config": {"name": "dummy", "base_path": "${MODELS}/dummy"}}
            ]}
            """);
        return await s_folder.StartAsync("Ready after", "--metrics_enable");
    }
}
