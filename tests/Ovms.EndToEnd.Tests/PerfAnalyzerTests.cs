using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Tests.Setup;

namespace Ovms.EndToEnd.Tests;

/// <summary>
/// perf_analyzer against the published binary. A number of requests bounds each run where the mode allows it; no figure of speed is looked at.
/// </summary>
public sealed class PerfAnalyzerTests
{
    private const string Dummy = "-m dummy";

    // Ends after three windows, whatever they measured.
    private const string Windows = "--measurement-interval 300 --max-trials 40 --stability-percentage 999";

    private static OvmsServer s_server = null!;
    private static TemporaryFolder s_folder = null!;

    [Before(Class)]
    public static async Task StartServer()
    {
        string Entry(string name, string model, string more = "") => $$$"""{"config":{"name":"{{{name}}}","base_path":"{{{Repo.Model(model)}}}"{{{more}}}}}""";
        string[] models =
        [
            Entry("dummy", "dummy"), Entry("dynamic", "dynamic"), Entry("strings", "passthrough_string"), Entry("half", "half_plus_two"), Entry("all_types", "all_types"),
            Entry("versions", "versions", ""","model_version_policy":{"all":{}}"""), Entry("sums", "accumulator", ""","stateful":true"""),
        ];
        s_folder = new();
        string config = Path.Combine(s_folder.Path, "config.json");
        await File.WriteAllTextAsync(config, $$"""{"model_config_list":[{{string.Join(',', models)}}],"mediapipe_config_list":[{"name":"g"}]}""");
        Directory.CreateDirectory(Path.Combine(s_folder.Path, "g"));
        await File.WriteAllTextAsync(
            Path.Combine(s_folder.Path, "g", "graph.pbtxt"), GraphText.Edge(["in"], ["out"]) + GraphText.Infer("dummy", ["B:in=b"], ["A:out=a"]));
        s_server = await OvmsServer.StartOnAsync("Ready after", null, "--config_path", config);
    }

    [After(Class)]
    public static async Task StopServer()
    {
        await s_server.DisposeAsync();
        s_folder.Dispose();
    }

    [Test]
    [Arguments($"{Dummy} -i grpc --request-count 40")]
    [Arguments($"{Dummy} -i http --request-count 40")]
    [Arguments($"{Dummy} -i grpc --async --concurrency-range 2 --request-count 40")]
    [Arguments($"{Dummy} -i http --async --concurrency-range 2 --request-count 40")]
    [Arguments($"{Dummy} -i grpc --concurrency-range 1:2 {Windows}")]
    [Arguments($"{Dummy} -i http --concurrency-range 1:2 {Windows}")]
    [Arguments($"{Dummy} -i grpc --request-rate-range 40 {Windows}")]
    [Arguments($"{Dummy} -i grpc --trace-level OFF --request-count 20")]
    [Arguments($"{Dummy} -i http --trace-rate 1000 --trace-count -1 --log-frequency 0 --request-count 20")]
    [Arguments("-m versions -i grpc --request-count 20")]
    [Arguments("-m versions -i http --request-count 20")]
    [Arguments("-m versions -x 2 -i grpc --request-count 20")]
    [Arguments("-m versions -x 2 -i http --request-count 20")]
    [Arguments("-m dynamic -i grpc --shape x:7 -b 4 --request-count 20")]
    [Arguments("-m dynamic -i http --shape x:7 -b 4 --request-count 20")]
    [Arguments("-m strings -i grpc --shape my_name:3 --request-count 20")]
    [Arguments("-m strings -i http --shape my_name:3 --request-count 20")]
    [Arguments("-m half -i grpc --shape x:5 --request-count 20")]
    [Arguments("-m all_types -i grpc -b 2 --request-count 20")]
    [Arguments("-m all_types -i http --request-count 20")]
    // Runs beside each other: each counts its sequences from a number of its own.
    [Arguments("-m sums -i grpc --sequence-id-range 1000:1999 --sequence-length 5 --concurrency-range 2 --request-count 20")]
    [Arguments("-m sums -i http --sequence-id-range 2000:2999 --sequence-length 5 --concurrency-range 2 --request-count 20")]
    [Arguments("-m sums -i grpc --sequence-id-range 3000:3999 --async --sequence-length 5 --concurrency-range 2 --request-count 20")]
    [Arguments($"{Dummy} -i grpc --streaming --request-count 40")]
    [Arguments($"{Dummy} -i grpc --streaming --async --concurrency-range 4 --request-count 80")]
    [Arguments("-m g -i grpc --streaming --request-count 40")]
    [Arguments("-m g -i grpc --streaming --async --concurrency-range 4 --request-count 80")]
    [Arguments("-m sums -i grpc --streaming --async --sequence-id-range 4000:4999 --sequence-length 5 --concurrency-range 2 --request-count 20")]
    public async Task PlainMode_RunsToItsEnd(string arguments)
    {
        string[] parts = arguments.Split(' ');
        string model = parts[1];
        ulong before = await CallsAsync(model);
        int port = parts.Contains("http") ? s_server.RestPort : s_server.GrpcPort;

        (int code, string output) = await PerfAnalyzer.RunAsync([.. parts, "-u", $"127.0.0.1:{port}"]);

        await Assert.That(code).IsEqualTo(0).Because(output);
        long requests = PerfAnalyzer.NumberAfter(output, "Request count");
        await Assert.That(requests).IsGreaterThan(0).Because(output);

        // The tool's table of the server's side, which it leaves out unless the server's statistics say what it expects.
        await Assert.That(PerfAnalyzer.NumberAfter(output, "Successful request count")).IsGreaterThan(0).Because(output);
        await Assert.That(await CallsAsync(model) - before).IsGreaterThanOrEqualTo((ulong)requests);
    }

    [Test]
    public async Task BatchOfAModelWithoutOne_IsRefusedByTheTool()
    {
        (int code, string output) = await PerfAnalyzer.RunAsync("-m", "dummy", "-b", "2", "-i", "grpc", "-u", $"127.0.0.1:{s_server.GrpcPort}", "--request-count", "10");
        await Assert.That(code).IsNotEqualTo(0);
        await Assert.That(output).Contains("batch");
    }

    [Test]
    [Arguments("--shared-memory", "system", "raw_input_contents")]
    [Arguments("--trace-level", "TIMESTAMPS", "traces nothing")]
    public async Task ModeThatIsNotServed_EndsWithOurSentence(string option, string value, string part)
    {
        (int code, string output) = await PerfAnalyzer.RunAsync("-m", "dummy", "-i", "grpc", "-u", $"127.0.0.1:{s_server.GrpcPort}", option, value);
        await Assert.That(code).IsNotEqualTo(0);
        await Assert.That(output).Contains(part);
    }

    [Test]
    public async Task TensorFlowServingKind_Runs()
    {
        (int code, string output) = await PerfAnalyzer.RunAsync("-m", "dummy", "--service-kind", "tfserving", "-i", "grpc", "-u", $"127.0.0.1:{s_server.GrpcPort}", "--request-count", "20");
        await Assert.That(code).IsEqualTo(0).Because(output);
    }

    private static async Task<ulong> CallsAsync(string model)
    {
        ModelStatisticsResponse statistics = await s_server.Client.ModelStatisticsAsync(new() { Name = model });
        return statistics.ModelStats.Aggregate(0UL, static (sum, version) => sum + version.InferenceStats.Queue.Count);
    }
}
