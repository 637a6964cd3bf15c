using System.Net;
using System.Text;
using Grpc.Core;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Tests.Observability;

namespace Ovms.EndToEnd.Tests;

/// <summary>What /metrics tells, against the very calls that were made.</summary>
public sealed class MetricsTests
{
    private const string Json = """{"inputs":[{"name":"b","shape":[1,10],"datatype":"FP32","data":[0,1,2,3,4,5,6,7,8,9]}]}""";
    private const string Version = "name=\"dummy\",version=\"1\"";

    /// <summary>Each piece costs a packet: a scrape of one model has fewer pieces than families.</summary>
    [Test]
    public async Task Scrape_IsSentInFewPieces()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", "--metrics_enable");
        string answer = await RawHttp.ExchangeAsync(server.RestPort, RawHttp.Request("GET /metrics", "Connection: close\r\n", []));
        string[] parts = answer[answer.IndexOf("\r\n\r\n", StringComparison.Ordinal)..].Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        await Assert.That(answer.Split("# TYPE ").Length).IsGreaterThan(20);
        await Assert.That(parts.Count(static part => part.All(char.IsAsciiHexDigit))).IsBetween(2, 5);
    }

    [Test]
    public async Task EveryCall_IsCountedOnceWhereItBelongs()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", "--metrics_enable");
        Exposition before = await Scrape.NowAsync(server);
        await Assert.That(before.All.Where(static sample => sample.Labels.ContainsKey("name") && sample.Name is not ("ovms_streams" or "ovms_model_state" or "ovms_model_ready" or "ovms_model_devices" or "ovms_model_arrangement")).All(static sample => sample.Value == 0)).IsTrue();

        ModelInferRequest good = Requests.For("dummy").WithRaw("b", "FP32", [1, 10], new float[10]);
        for (int i = 0; i < 3; i++)
        {
            await server.Client.ModelInferAsync(good);
        }

        await RefusedAsync(server, Requests.For("dummy").WithRaw("b", "FP32", [1, 9], new float[9]), StatusCode.InvalidArgument);
        await RefusedAsync(server, Requests.For("dummy").WithRaw("wrong", "FP32", [1, 10], new float[10]), StatusCode.InvalidArgument);
        await RefusedAsync(server, Requests.For("unknown").WithRaw("b", "FP32", [1, 10], new float[10]), StatusCode.NotFound);
        await RefusedAsync(server, Requests.For("dummy", "7").WithRaw("b", "FP32", [1, 10], new float[10]), StatusCode.NotFound);
        await server.Client.ModelMetadataAsync(new ModelMetadataRequest { Name = "dummy" });
        await server.Client.ModelReadyAsync(new ModelReadyRequest { Name = "dummy" });
        await server.Client.ModelReadyAsync(new ModelReadyRequest { Name = "dummy", Version = "1" });

        await PostAsync(server, "/v2/models/dummy/infer", Json, HttpStatusCode.OK);
        await PostAsync(server, "/v2/models/dummy/versions/1/infer", Json, HttpStatusCode.OK);
        await PostAsync(server, "/v2/models/dummy/infer", "{\"inputs\":", HttpStatusCode.BadRequest);
        await PostAsync(server, "/v2/models/dummy/infer", Json.Replace("\"b\"", "\"c\""), HttpStatusCode.BadRequest);
        await PostAsync(server, "/v2/models/dummy/infer", Json.Replace("[1,10]", "[1,11]"), HttpStatusCode.BadRequest);
        await PostAsync(server, "/v2/models/unknown/infer", Json, HttpStatusCode.NotFound);
        await PostAsync(server, "/v2/models/dummy/versions/2/infer", Json, HttpStatusCode.NotFound);
        foreach (string path in new[] { "/v2/models/dummy", "/v2/models/dummy/versions/1", "/v2/models/unknown", "/v2/models/dummy/ready", "/v2/health/live" })
        {
            (await server.Http.GetAsync(path)).Dispose();
        }

        Exposition after = await Scrape.NowAsync(server);
        Dictionary<string, double> expected = new()
        {
            [$"ovms_requests_success{{api=\"KServe\",interface=\"gRPC\",method=\"ModelInfer\",{Version}}}"] = 3,
            [$"ovms_requests_success{{api=\"KServe\",interface=\"REST\",method=\"ModelInfer\",{Version}}}"] = 2,
            [$"ovms_requests_success{{api=\"KServe\",interface=\"gRPC\",method=\"ModelMetadata\",{Version}}}"] = 1,
            [$"ovms_requests_success{{api=\"KServe\",interface=\"REST\",method=\"ModelMetadata\",{Version}}}"] = 2,
            ["ovms_requests_success{api=\"KServe\",interface=\"gRPC\",method=\"ModelReady\",name=\"dummy\"}"] = 2,
            ["ovms_requests_success{api=\"KServe\",interface=\"REST\",method=\"ModelReady\",name=\"dummy\"}"] = 1,
            [$"ovms_requests_fail{{api=\"KServe\",interface=\"gRPC\",method=\"ModelInfer\",{Version}}}"] = 2,
            [$"ovms_requests_fail{{api=\"KServe\",interface=\"REST\",method=\"ModelInfer\",{Version}}}"] = 3,
        };
        Dictionary<string, double> counted = after.All
            .Where(static sample => sample.Value != 0 && sample.Name is "ovms_requests_success" or "ovms_requests_fail")
            .Where(static sample => sample.Value != 0).ToDictionary(static sample => sample.Series(), static sample => sample.Value);
        await Assert.That(counted).IsEquivalentTo(expected);

        // Time is taken of what went well.
        await Assert.That(after[$"ovms_request_time_us_count{{interface=\"gRPC\",{Version}}}"]).IsEqualTo(3);
        await Assert.That(after[$"ovms_request_time_us_count{{interface=\"REST\",{Version}}}"]).IsEqualTo(2);
        await Assert.That(after[$"ovms_wait_for_infer_req_time_us_count{{{Version}}}"]).IsEqualTo(5);
        await Assert.That(after[$"ovms_inference_time_us_count{{{Version}}}"]).IsEqualTo(5);
        await Assert.That(after[$"ovms_inference_time_us_sum{{{Version}}}"]).IsGreaterThan(0);
        await Assert.That(after[$"ovms_request_time_us_sum{{interface=\"gRPC\",{Version}}}"]).IsGreaterThan(0);
        await Assert.That(after[$"ovms_current_requests{{{Version}}}"]).IsEqualTo(0);
    }

    [Test]
    public async Task Gauges_TellWhatIsInFlight()
    {
        string families = "ovms_requests_fail,ovms_current_requests,ovms_infer_req_queue_size,ovms_infer_req_active,ovms_refused_requests_total,ovms_cancelled_requests_total,ovms_waiting_requests,ovms_streams";
        await using HeldCall held = await HeldCall.StartAsync(60_000, "--metrics_enable", "--metrics_list", families);
        Exposition during = await Scrape.NowAsync(held.Server);
        await Assert.That(during.Families.Keys).IsEquivalentTo(families.Split(','));
        await Assert.That(during[$"ovms_current_requests{{{Version}}}"]).IsEqualTo(1);
        await Assert.That(during[$"ovms_infer_req_active{{{Version}}}"]).IsEqualTo(1);
        await Assert.That(during[$"ovms_infer_req_queue_size{{{Version}}}"]).IsEqualTo(1);
        await Assert.That(during[$"ovms_refused_requests_total{{{Version}}}"]).IsEqualTo(1);
        await Assert.That(during[$"ovms_requests_fail{{api=\"KServe\",interface=\"gRPC\",method=\"ModelInfer\",{Version}}}"]).IsEqualTo(1);
        await Assert.That(during[$"ovms_waiting_requests{{{Version}}}"]).IsEqualTo(0);
    }

    [Test]
    public async Task LiveSequences_AreCounted()
    {
        const string Series = "ovms_sequences{name=\"sums\",version=\"1\"}";
        await using OvmsServer server = await Sums.ServeAsync("--metrics_enable");
        await Assert.That((await Scrape.NowAsync(server))[Series]).IsEqualTo(0);
        await server.AddAsync(Sums.Way.GrpcParameters, 1, 1, start: true);
        await server.AddAsync(Sums.Way.RestTensors, 2, 1, start: true);
        await server.AddAsync(Sums.Way.RestTensors, 2, 1);
        await Assert.That((await Scrape.NowAsync(server))[Series]).IsEqualTo(2);
        await server.AddAsync(Sums.Way.GrpcTensors, 1, 1, end: true);
        await Scrape.UntilAsync(server, Series, 1);
    }

    [Test]
    public async Task CallerWhoGivesUp_IsCountedAsCancelled()
    {
        // Nobody joins the batch: the one infer request is taken for a minute, and the next call waits for it.
        await using OvmsServer server = await OvmsServer.StartAsync(
            Repo.Model("dummy"), "dummy", "--metrics_enable", "--target_device", "BATCH:CPU(16)", "--plugin_config", """{"AUTO_BATCH_TIMEOUT": 60000}""", "--nireq", "1");
        Task<ModelInferResponse> first = server.Client.ModelInferAsync(HeldCall.Request).ResponseAsync;
        await Scrape.UntilAsync(server, $"ovms_current_requests{{{Version}}}", 1);
        using CancellationTokenSource leaving = new();
        Task<ModelInferResponse> second = server.Client.ModelInferAsync(HeldCall.Request, cancellationToken: leaving.Token).ResponseAsync;
        await Scrape.UntilAsync(server, $"ovms_waiting_requests{{{Version}}}", 1);
        await leaving.CancelAsync();
        await Fault.OfAsync(async () => await second);
        await Scrape.UntilAsync(server, $"ovms_cancelled_requests_total{{{Version}}}", 1);
        Exposition after = await Scrape.UntilAsync(server, $"ovms_current_requests{{{Version}}}", 1);
        await Assert.That(after[$"ovms_waiting_requests{{{Version}}}"]).IsEqualTo(0);
        await Assert.That(after[$"ovms_requests_fail{{api=\"KServe\",interface=\"gRPC\",method=\"ModelInfer\",{Version}}}"]).IsEqualTo(1);
        await Assert.That(first.IsCompleted).IsFalse();
    }

    [Test]
    public async Task Scrapes_WhileCallersCall_AreWholeAndNeverGoBack()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", "--metrics_enable");
        const int Callers = 4;
        const int Each = 500;
        Task[] callers =
        [
            .. Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
            {
                for (int i = 0; i < Each; i++)
                {
                    await server.Client.ModelInferAsync(HeldCall.Request);
                }
            })),
        ];
        string series = $"ovms_request_time_us_count{{interface=\"gRPC\",{Version}}}";
        double before = 0;
        while (!Task.WhenAll(callers).IsCompleted)
        {
            double now = (await Scrape.NowAsync(server))[series];
            await Assert.That(now).IsGreaterThanOrEqualTo(before);
            before = now;
        }

        await Task.WhenAll(callers);
        Exposition after = await Scrape.NowAsync(server);
        await Assert.That(after[series]).IsEqualTo(Callers * Each);
        await Assert.That(after[$"ovms_current_requests{{{Version}}}"]).IsEqualTo(0);
    }

    [Test]
    public async Task Answer_IsWhatPrometheusReads()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "a \"b\" \\c", "--metrics_enable", "--plugin_config", """{"NUM_STREAMS": 2}""");
        using HttpResponseMessage answer = await server.Http.GetAsync("/metrics?ignored=1");
        await Assert.That(answer.StatusCode).IsEqualTo(HttpStatusCode.OK);
        await Assert.That(answer.Content.Headers.ContentType!.ToString()).IsEqualTo("text/plain; version=0.0.4; charset=utf-8");
        string text = await answer.Content.ReadAsStringAsync();
        Exposition read = Exposition.Parse(text);
        await Assert.That(read.Families["ovms_streams"].Samples.Single().Labels["name"]).IsEqualTo("a \"b\" \\c");
        await Assert.That(read.Families["ovms_streams"].Samples.Single().Value).IsEqualTo(2);
        await Assert.That(read.All.All(static sample => sample.LabelOrder.Where(static label => label != "le").SequenceEqual(sample.LabelOrder.Where(static label => label != "le").Order(StringComparer.Ordinal)))).IsTrue();
        await Assert.That(read.All.All(static sample => !sample.LabelOrder.Contains("le") || sample.LabelOrder[^1] == "le")).IsTrue();
        await Assert.That(read["ovms_process_resident_memory_bytes"]).IsGreaterThan(1e6);
        await Assert.That(read["ovms_connections"]).IsGreaterThanOrEqualTo(1);
        await Assert.That(read["ovms_ready"]).IsEqualTo(1);
        await Assert.That(read["ovms_config_valid"]).IsEqualTo(1);
        await Assert.That(read["ovms_model_loads_total"]).IsEqualTo(1);
        await Assert.That(read["ovms_serving_faults"]).IsEqualTo(0);
        await Assert.That(read.Families["ovms_model_state"].Samples.Single(static sample => sample.Value == 1).Labels["state"]).IsEqualTo("AVAILABLE");
        await Assert.That(read.Families["ovms_build_info"].Samples.Single().Labels["openvino"]).StartsWith("2026.");

        using HttpRequestMessage head = new(HttpMethod.Head, "/metrics");
        using HttpResponseMessage headAnswer = await server.Http.SendAsync(head);
        await Assert.That(headAnswer.StatusCode).IsEqualTo(HttpStatusCode.OK);
        using HttpResponseMessage post = await server.Http.PostAsync("/metrics", null);
        await Assert.That(post.StatusCode).IsEqualTo(HttpStatusCode.MethodNotAllowed);
        await Promtool.CheckAsync(text);
    }

    [Test]
    public async Task Off_IsNotFound()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy");
        using HttpResponseMessage answer = await server.Http.GetAsync("/metrics");
        await Assert.That(answer.StatusCode).IsEqualTo(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task File_EnablesMetrics()
    {
        await using ConfigServer server = await ConfigServer.StartAsync("""{"metrics": {"enable": true, "metrics_list": ["ovms_requests_success"]}}""");
        Exposition read = Exposition.Parse(await server.Http.GetStringAsync("/metrics"));
        await Assert.That(read.Families.Keys).IsEquivalentTo(["ovms_requests_success"]);
        await Assert.That(read.All.Select(static sample => sample.Labels["name"]).Distinct()).IsEquivalentTo(["one", "two"]);
    }

    [Test]
    public async Task BadFile_ShowsUntilItIsMended()
    {
        await using ConfigServer server = await ConfigServer.StartAsync(null, "--metrics_enable", "--file_system_poll_wait_seconds", "0");
        Exposition before = Exposition.Parse(await server.Http.GetStringAsync("/metrics"));
        string good = await File.ReadAllTextAsync(server.ConfigPath);
        await File.WriteAllTextAsync(server.ConfigPath, "{");
        (await server.Http.PostAsync("/v1/config/reload", null)).Dispose();
        Exposition bad = Exposition.Parse(await server.Http.GetStringAsync("/metrics"));
        await Assert.That((before["ovms_config_valid"], bad["ovms_config_valid"])).IsEqualTo((1, 0));
        await Assert.That(bad["ovms_config_refusals_total"] - before["ovms_config_refusals_total"]).IsEqualTo(1);
        await Assert.That(bad.All.Select(static sample => sample.Labels.GetValueOrDefault("name")).OfType<string>().Distinct()).IsEquivalentTo(["one", "two"]);

        await File.WriteAllTextAsync(server.ConfigPath, good + "\n");
        (await server.Http.PostAsync("/v1/config/reload", null)).Dispose();
        await Assert.That(Exposition.Parse(await server.Http.GetStringAsync("/metrics"))["ovms_config_valid"]).IsEqualTo(1);
    }

    [Test]
    public async Task File_TurnsMetricsOff_AndTheCommandLineCountsWhereItIsSilent()
    {
        await using (ConfigServer off = await ConfigServer.StartAsync("""{"metrics": {"enable": false}}"""))
        {
            using HttpResponseMessage answer = await off.Http.GetAsync("/metrics");
            await Assert.That(answer.StatusCode).IsEqualTo(HttpStatusCode.NotFound);
        }

        await using ConfigServer byCommandLine = await ConfigServer.StartAsync(null, "--metrics_enable");
        Exposition.Parse(await byCommandLine.Http.GetStringAsync("/metrics"));
    }

    [Test]
    [Arguments("--rest_port 0 --port 1 --metrics_enable", 64, "rest_port setting is missing, metrics are enabled on rest port")]
    [Arguments("--rest_port 1 --metrics_list ovms_streams", 64, "metrics_enable setting is missing, required when metrics_list is provided")]
    [Arguments("--rest_port 1 --metrics_enable --metrics_list ovms_sterams", 1, "Invalid name in metrics_list - There is no family \"ovms_sterams\"")]
    [Arguments("--rest_port 1 --metrics_enable --metrics_list ovms_streams,ovms_streams", 1, "Invalid name in metrics_list - The family ovms_streams stands in the list twice")]
    public async Task CommandLineThatCannotBe_EndsTheStart(string line, int code, string sentence)
    {
        (int ended, string output, string errors) = await OvmsProcess.RunAsync(["--model_path", Repo.Model("dummy"), "--model_name", "dummy", .. line.Split(' ')]);
        await Assert.That(ended).IsEqualTo(code).Because(output + errors);
        await Assert.That(output + errors).Contains(sentence);
    }

    [Test]
    [Arguments("""{"metrics": {"enable": true}}""", "--metrics_enable --rest_port 1", "are given together")]
    [Arguments("""{"metrics": {"enable": true}}""", "--port 1", "Missing rest_port parameter in server CLI")]
    [Arguments("""{"metrics": {"enable": true, "metrics_list": ["no_such"]}}""", "--rest_port 1", "Invalid name in metrics_list")]
    [Arguments("""{"metrics": {}}""", "--rest_port 1", "$.monitoring.metrics: 'enable' is required")]
    public async Task FileThatCannotBe_EndsTheStartWithOne(string monitoring, string line, string sentence)
    {
        using ConfigServer.Files files = new(monitoring);
        (int ended, string output, string errors) = await OvmsProcess.RunAsync(["--config_path", files.Path, .. line.Split(' ')]);
        await Assert.That(ended).IsEqualTo(1).Because(output + errors);
        await Assert.That(output + errors).Contains(sentence);
    }

    [Test]
    [Arguments("""{"metrics": {"enable": true, "metrics_list": ["no_such"]}}""", "Invalid name in metrics_list")]
    [Arguments("""{"metrics": {"enable": 3}}""", "$.monitoring.metrics.enable")]
    public async Task FileThatTheStartWouldRefuse_IsRefusedByAReloadToo(string monitoring, string sentence)
    {
        await using ConfigServer server = await ConfigServer.StartAsync(null);
        string good = await File.ReadAllTextAsync(server.ConfigPath);
        using (ConfigServer.Files wrong = new(monitoring))
        {
            await File.WriteAllTextAsync(server.ConfigPath, await File.ReadAllTextAsync(wrong.Path));
        }

        using HttpResponseMessage refused = await server.Http.PostAsync("/v1/config/reload", null);
        await Assert.That(refused.IsSuccessStatusCode).IsFalse();
        await Assert.That(refused.Headers.GetValues("Ovms-Config-Error").Single()).Contains(sentence);
        await Assert.That((int)(await server.Http.GetAsync("/v2/models/one/ready")).StatusCode).IsEqualTo(200);

        await File.WriteAllTextAsync(server.ConfigPath, good);
        using HttpResponseMessage taken = await server.Http.PostAsync("/v1/config/reload", null);
        await Assert.That(taken.IsSuccessStatusCode).IsTrue();
    }


    private static async Task RefusedAsync(OvmsServer server, ModelInferRequest request, StatusCode code) =>
        await Assert.That((await Fault.OfAsync(async () => await server.Client.ModelInferAsync(request))).StatusCode).IsEqualTo(code);

    private static async Task PostAsync(OvmsServer server, string path, string body, HttpStatusCode code)
    {
        using HttpResponseMessage answer = await server.Http.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));
        await Assert.That(answer.StatusCode).IsEqualTo(code).Because(await answer.Content.ReadAsStringAsync());
    }
}
