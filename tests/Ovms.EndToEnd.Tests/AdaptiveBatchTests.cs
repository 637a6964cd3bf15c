using System.Text.Json;
using Grpc.Core;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Tests.Observability;

namespace Ovms.EndToEnd.Tests;

/// <summary>Calls that wait are computed together, and every caller gets the answer to what it sent.</summary>
/// <remarks>Whether they are is decided by measuring, so that these tests do not take each other's processors.</remarks>
[NotInParallel(nameof(AdaptiveBatchTests))]
public sealed class AdaptiveBatchTests
{
    private const string Metrics =
        "ovms_model_arrangement,ovms_batches_total,ovms_batched_calls_total,ovms_requests_success,ovms_requests_fail";
    private const string Version = "name=\"wide\",version=\"1\"";
    private const string Batched = $"ovms_batched_calls_total{{{Version}}}";
    private const int Callers = 24;

    [Test]
    [Arguments("1", "f32", false, 1)]
    [Arguments("?", "f32", true, 1)]
    [Arguments("?", "u8", false, 3)]
    [Arguments("1", "i64", true, 1)]
    public async Task ManyCallers_EachHasItsOwnAnswer(string rows, string type, bool hasTwo, int mostRows)
    {
        using WideModel model = new(rows, type, hasTwo);
        await using OvmsServer server = await OvmsServer.StartAsync(model.Path, "wide", "--metrics_enable", "--metrics_list", Metrics);
        Burst burst = new(server, type, hasTwo, mostRows);
        await TogetherAsync(server);

        // Beside them: one whose shape the model does not have, and some that do not wait for their answers.
        for (int i = 0; i < 20; i++)
        {
            StatusCode refused = await burst.StatusAsync(Burst.Request(type, hasTwo, i, 1, width: WideModel.Width + 1));
            await Assert.That(refused).IsEqualTo(StatusCode.InvalidArgument);
            await burst.LeaveAsync(i);
        }

        await burst.EndAsync();
        await burst.AloneAsync();
        Exposition after = await Scrape.NowAsync(server);
        await Assert.That(after[$"ovms_batches_total{{{Version}}}"]).IsLessThanOrEqualTo(after[Batched] / 2);
        await CheckStatisticsAsync(server, after[Batched], after[$"ovms_batches_total{{{Version}}}"]);
    }

    // A lone caller has the latency form again, and what is told says so.
    [Test]
    public async Task WhenTheLoadGoes_CallsAreComputedAloneAgain()
    {
        using WideModel model = new("1");
        await using OvmsServer server = await OvmsServer.StartAsync(model.Path, "wide", "--metrics_enable", "--metrics_list", Metrics);
        Burst burst = new(server, "f32", false, 1);
        await TogetherAsync(server);
        await burst.EndAsync();
        Task<string> ended = server.Process.WaitForLineAsync(
            static line => line.Contains("each call is computed alone again", StringComparison.Ordinal));
        while (!ended.IsCompleted)
        {
            await burst.AloneAsync();
        }

        string metrics = await server.Http.GetStringAsync("/metrics");
        await Assert.That(metrics).Contains($"ovms_model_arrangement{{arrangement=\"batch\",{Version}}} 0");
        double batched = Exposition.Parse(metrics)[Batched];
        await burst.AloneAsync();
        await Assert.That((await Scrape.NowAsync(server))[Batched]).IsEqualTo(batched);
    }

    [Test]
    public async Task SwitchedOff_NoCallIsComputedWithOthers()
    {
        using WideModel model = new("1");
        await using OvmsServer server = await OvmsServer.StartAsync(
            model.Path, "wide", "--adaptive_batch", "off", "--metrics_enable", "--metrics_list", Metrics);
        Burst burst = new(server, "f32", false, 1);
        await server.Process.WaitForLineAsync(static line => line.Contains("serves for throughput now", StringComparison.Ordinal));
        await burst.CountAsync(2000);
        await burst.EndAsync();
        await Assert.That((await Scrape.NowAsync(server))[Batched]).IsEqualTo(0);
        await Assert.That(server.Process.Output).DoesNotContain("together");
    }

    // Alone, each value is the only one of its column: its softmax over all rows is 1.
    [Test]
    public async Task ModelThatMixesRows_IsNeverComputedTogether()
    {
        using WideModel model = new("1", mixes: true);
        await using OvmsServer server = await OvmsServer.StartAsync(model.Path, "wide", "--metrics_enable", "--metrics_list", Metrics);
        Burst burst = new(server, "f32", false, 1, expected: static _ => 1);
        await server.Process.WaitForLineAsync(
            static line => line.Contains("calls wait, but are not computed together: its rows depend on each other", StringComparison.Ordinal));
        await burst.CountAsync(500);
        await burst.EndAsync();
        await Assert.That((await Scrape.NowAsync(server))[Batched]).IsEqualTo(0);
    }

    [Test]
    public async Task ReloadUnderLoad_LosesNoCall_AndTheNewLimitHolds()
    {
        using WideModel model = new("1");
        string Entry(string limit) => $$"""
            {"model_config_list": [
                {"config": {"name": "wide", "base_path": {{JsonSerializer.Serialize(model.Path)}}, "adaptive_batch": {{limit}} } }
            ]}
            """;
        using ConfigFolder config = new(Entry("8"));
        await using OvmsServer server = await config.StartAsync("Ready after", "--metrics_enable", "--metrics_list", Metrics);
        Burst burst = new(server, "f32", false, 1);
        await TogetherAsync(server, "up to 8 rows");
        File.WriteAllText(config.File, Entry("16"));
        using HttpResponseMessage reloaded = await server.Http.PostAsync("/v1/config/reload", null);
        await Assert.That(reloaded.IsSuccessStatusCode).IsTrue();
        await TogetherAsync(server, "up to 16 rows");
        File.WriteAllText(config.File, Entry("\"off\""));
        using HttpResponseMessage off = await server.Http.PostAsync("/v1/config/reload", null);
        await Assert.That(off.IsSuccessStatusCode).IsTrue();
        await burst.CountAsync(100);
        await burst.EndAsync();
    }

    private static async Task TogetherAsync(OvmsServer server, string limit = "")
    {
        await server.Process.WaitForLineAsync(line =>
            line.Contains("waiting calls are computed together now", StringComparison.Ordinal) && line.Contains(limit, StringComparison.Ordinal));
        double before = (await Scrape.NowAsync(server))[Batched];
        while ((await Scrape.NowAsync(server))[Batched] < before + 40)
        {
            await Task.Yield();
        }
    }

    // Calls are counted one by one, inferences once.
    private static async Task CheckStatisticsAsync(OvmsServer server, double calls, double batches)
    {
        ModelStatistics statistics = (await server.Client.ModelStatisticsAsync(new ModelStatisticsRequest { Name = "wide" })).ModelStats[0];
        ulong success = statistics.InferenceStats.Success.Count;
        await Assert.That(statistics.InferenceStats.ComputeInfer.Count).IsEqualTo(success);

        // Of those whose callers had left nothing is counted but that they failed.
        await Assert.That(statistics.ExecutionCount).IsBetween(success - (ulong)calls + 1, success - (ulong)calls + (ulong)batches + 20);
        await Assert.That(statistics.ExecutionCount)
            .IsEqualTo(statistics.BatchStats.Aggregate(0UL, static (sum, batch) => sum + batch.ComputeInfer.Count));
        await Assert.That(statistics.BatchStats.Max(static batch => batch.BatchSize)).IsGreaterThan(1UL);
    }

    /// <summary>Callers that go on until they are stopped, each with values of its own.</summary>
    private sealed class Burst
    {
        private readonly OvmsServer _server;
        private readonly string _type;
        private readonly bool _hasTwo;
        private readonly int _mostRows;
        private readonly Func<int, int> _expected;
        private readonly CancellationTokenSource _end = new();
        private readonly Task[] _callers;
        private readonly SemaphoreSlim _answered = new(0);

        public Burst(OvmsServer server, string type, bool hasTwo, int mostRows, Func<int, int>? expected = null)
        {
            (_server, _type, _hasTwo, _mostRows) = (server, type, hasTwo, mostRows);
            _expected = expected ?? (hasTwo ? static value => value + 1 : static value => value);
            _callers = [.. Enumerable.Range(0, Callers).Select(CallOnAsync)];
        }

        public static ModelInferRequest Request(string type, bool hasTwo, int caller, int rows, int width = WideModel.Width)
        {
            int[] values = Values(caller, rows, width);
            ModelInferRequest request = Add(Requests.For("wide"), "x", type, values, rows, width);
            return hasTwo ? Add(request, "z", type, [.. values.Select(static _ => 1)], rows, width) : request;
        }

        public async Task EndAsync()
        {
            await _end.CancelAsync();
            await Task.WhenAll(_callers);
            _end.Dispose();
            _answered.Dispose();
        }

        public Task AloneAsync() => CallAsync(99, 1);

        public async Task CountAsync(int more)
        {
            for (int left = _answered.CurrentCount + more; left > 0; left--)
            {
                Task next = _answered.WaitAsync();
                await await Task.WhenAny(_callers.Append(next));
            }
        }

        public async Task<StatusCode> StatusAsync(ModelInferRequest request)
        {
            RpcException? refused = await Assert.That(async () => await _server.Client.ModelInferAsync(request)).Throws<RpcException>();
            return refused!.StatusCode;
        }

        // By its deadline, or by hanging up, while it waits or while it is computed with others.
        public async Task LeaveAsync(int caller)
        {
            using CancellationTokenSource leaving = new();
            DateTime deadline = DateTime.UtcNow.AddMilliseconds(caller % 2 == 0 ? 1 + (caller / 2) : 60_000);
            using AsyncUnaryCall<ModelInferResponse> call =
                _server.Client.ModelInferAsync(Request(_type, _hasTwo, caller, 1), deadline: deadline, cancellationToken: leaving.Token);
            if (caller % 2 == 1)
            {
                await Task.Delay(caller % 8);
                await leaving.CancelAsync();
            }

            try
            {
                await CheckAsync(await call, caller, 1);
            }
            catch (RpcException left) when (left.StatusCode is StatusCode.Cancelled or StatusCode.DeadlineExceeded)
            {
                // As it wished.
            }
        }

        private async Task CallOnAsync(int caller)
        {
            for (int call = 0; !_end.IsCancellationRequested; call++)
            {
                await CallAsync(caller + call, 1 + (caller % _mostRows));
                _answered.Release();
            }
        }

        private async Task CallAsync(int caller, int rows) =>
            await CheckAsync(await _server.Client.ModelInferAsync(Request(_type, _hasTwo, caller, rows)), caller, rows);

        private async Task CheckAsync(ModelInferResponse answer, int caller, int rows)
        {
            await Assert.That(answer.Outputs[0].Shape.SequenceEqual([rows, WideModel.Width])).IsTrue();
            float[] expected = [.. Values(caller, rows, WideModel.Width).Select(value => (float)_expected(value))];
            await Assert.That(answer.Values<float>("y").SequenceEqual(expected)).IsTrue();
        }

        // Below 250, so that all come back exactly in any precision.
        private static int[] Values(int caller, int rows, int width) =>
            [.. Enumerable.Range(0, rows * width).Select(i => ((caller * 31) + i + (i / width * 17)) % 250)];

        private static ModelInferRequest Add(ModelInferRequest request, string name, string type, int[] values, int rows, int width) => type switch
        {
            "u8" => request.WithRaw(name, "UINT8", [rows, width], [.. values.Select(static value => (byte)value)]),
            "i64" => request.WithRaw(name, "INT64", [rows, width], [.. values.Select(static value => (long)value)]),
            _ => request.WithRaw(name, "FP32", [rows, width], [.. values.Select(static value => (float)value)]),
        };
    }
}
