using System.Diagnostics;
using System.Globalization;
using Grpc.Core;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>
/// Reloads of a graph and of its model under streams: no packet is lost, and a stream goes on with the graph that it began with. A reload in
/// two changes what the graph computes, one in ten loads its model anew.
/// </summary>
/// <remarks>
/// Runs until 1,000 reloads are done, but a minute at most. <c>./build.sh soak streams 1000</c> sets OVMS_STREAM_RELOADS, and then all
/// of that number are done.
/// </remarks>
public sealed class StreamReloadTests
{
    private const int PerStream = 50;
    private const int Callers = 3;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(45);

    [Test]
    public async Task Reloads_UnderStreams_LoseNoPacket()
    {
        string? given = Environment.GetEnvironmentVariable("OVMS_STREAM_RELOADS");
        int most = given is { Length: > 0 } ? int.Parse(given, CultureInfo.InvariantCulture) : 1000;
        using ConfigFolder folder = new(Config(0));
        folder.Write("g/graph.pbtxt", Graph(0));
        await using OvmsServer server = await folder.StartAsync("Ready after", "--file_system_poll_wait_seconds", "0", "--log_level", "DEBUG");
        using CancellationTokenSource over = new();
        Task<(int Streams, int Packets)>[] callers = [.. Enumerable.Range(0, Callers).Select(_ => Task.Run(() => ShortStreamsAsync(server, over.Token)))];
        Task<int> longest = Task.Run(() => LongStreamAsync(server, over.Token));

        int reloads = 0;
        long settled = 0;
        for (Stopwatch watch = Stopwatch.StartNew(); reloads < most && (given is not null || watch.Elapsed < s_patience);)
        {
            reloads++;
            folder.Write("g/graph.pbtxt", Graph(reloads));
            if (reloads % 10 == 0)
            {
                folder.Write("config.json", Config(reloads));
            }

            using HttpResponseMessage reloaded = await server.Http.PostAsync("/v1/config/reload", null);
            await Assert.That(reloaded.IsSuccessStatusCode).IsTrue().Because(await reloaded.Content.ReadAsStringAsync());
            await Assert.That(reloaded.Headers.Contains("Ovms-Config-Error")).IsFalse();
            settled = reloads == 100 ? ProcessFacts.Resident(server.Process.Id) : settled;
        }

        long grown = settled == 0 ? 0 : ProcessFacts.Resident(server.Process.Id) - settled;
        await over.CancelAsync();
        (int Streams, int Packets)[] ended = await Task.WhenAll(callers);
        int steps = await longest;
        TestContext.Current!.OutputWriter.WriteLine(
            $"{reloads} reloads; {ended.Sum(static caller => caller.Streams)} streams with {ended.Sum(static caller => caller.Packets)} packets, "
                + $"and one stream with {2 * steps} packets; memory grew by {grown} MB after 100 reloads");
        await Assert.That(reloads).IsGreaterThan(20);
        await Assert.That(ended.All(static caller => caller.Packets > 0)).IsTrue();
        await Assert.That(steps).IsGreaterThan(0);
        await Assert.That(grown).IsLessThan(100);

        // Each edit was loaded, and nothing is left of any.
        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
        string[] lines = server.Process.Output.Split('\n');
        await Assert.That(lines.Count(static line => line.Contains("Graph g is loaded;", StringComparison.Ordinal))).IsGreaterThanOrEqualTo(reloads + 1);
        await Assert.That(lines.Last(static line => line.Contains("Objects of the engine:", StringComparison.Ordinal))).Contains("models 0, compiled models 0, infer requests 0, tensors 0");
        await Assert.That(server.Process.Errors).IsEmpty();
    }

    // One stream after the other: all requests at once, then all answers, whose second output tells the graph by what it adds.
    private static async Task<(int Streams, int Packets)> ShortStreamsAsync(OvmsServer server, CancellationToken over)
    {
        (int streams, int packets) = (0, 0);
        while (!over.IsCancellationRequested)
        {
            using AsyncDuplexStreamingCall<ModelInferRequest, ModelStreamInferResponse> stream = server.Client.ModelStreamInfer();
            for (int i = 0; i < PerStream; i++)
            {
                await stream.RequestStream.WriteAsync(Request(i), CancellationToken.None);
            }

            await stream.RequestStream.CompleteAsync();
            HashSet<(string Output, int Request)> came = [];
            HashSet<float> added = [];
            while (await stream.ResponseStream.MoveNext(CancellationToken.None))
            {
                (string output, int request, float more) = Read(stream.ResponseStream.Current);
                await Assert.That(came.Add((output, request))).IsTrue();
                added.Add(output == "one" ? 1 : more);
                await Assert.That(output == "one" ? more : 1f).IsEqualTo(1f);
            }

            await Assert.That(came.Count).IsEqualTo(2 * PerStream);
            added.Remove(1);
            await Assert.That(added.Single() is 2f or 3f).IsTrue();
            streams++;
            packets += came.Count;
        }

        return (streams, packets);
    }

    // A stream that lives through all reloads: a request, its two answers, the next request.
    private static async Task<int> LongStreamAsync(OvmsServer server, CancellationToken over)
    {
        using AsyncDuplexStreamingCall<ModelInferRequest, ModelStreamInferResponse> stream = server.Client.ModelStreamInfer();
        int steps = 0;
        float? second = null;
        for (; !over.IsCancellationRequested; steps++)
        {
            await stream.RequestStream.WriteAsync(Request(steps), CancellationToken.None);
            for (int i = 0; i < 2; i++)
            {
                await Assert.That(await stream.ResponseStream.MoveNext(CancellationToken.None)).IsTrue();
                (string output, int request, float more) = Read(stream.ResponseStream.Current);
                await Assert.That(request).IsEqualTo(steps);
                await Assert.That(more).IsEqualTo(output == "one" ? 1f : second ??= more);
            }
        }

        await stream.RequestStream.CompleteAsync();
        await Assert.That(await stream.ResponseStream.MoveNext(CancellationToken.None)).IsFalse();
        return steps;
    }

    private static ModelInferRequest Request(int number) =>
        Requests.For("g", id: $"{number}").WithRaw("in", "FP32", [1, 10], FloatCalls.Count(10, number % 1000));

    // Which output of which request, and by how much its numbers are more than the request's.
    private static (string Output, int Request, float More) Read(ModelStreamInferResponse response)
    {
        if (response.ErrorMessage.Length > 0)
        {
            throw new InvalidOperationException(response.ErrorMessage);
        }

        ModelInferResponse answer = response.InferResponse;
        int request = int.Parse(answer.Id, CultureInfo.InvariantCulture);
        string output = answer.Outputs.Single().Name;
        return (output, request, answer.Values<float>(output)[0] - (request % 1000));
    }

    // Even ones add 1 and 2, odd ones 1 and 3.
    private static string Graph(int number)
    {
        string first = GraphText.Edge(["in"], ["one", "two"]) + GraphText.Infer("dummy", ["B:in=b"], ["A:one=a"]);
        string rest = number % 2 == 0
            ? GraphText.InferAgain("dummy", ["B:one=b"], ["A:two=a"])
            : GraphText.InferAgain("dummy", ["B:one=b"], ["A:more=a"]) + GraphText.InferAgain("dummy", ["B:more=b"], ["A:two=a"]);
        return $"{first}{rest}# {number}\n";
    }

    private static string Config(int number) => $$$"""
        {"model_config_list": [{"config": {"name": "dummy", "base_path": "${MODELS}/dummy", "nireq": {{{2 + (number / 10 % 3)}}}}}],
         "mediapipe_config_list": [{"name": "g"}]}
        """;
}
