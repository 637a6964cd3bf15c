using System.Diagnostics;
using Ovms.Benchmarks.Callers;

namespace Ovms.Benchmarks;

/// <summary>
/// Latency of one caller at a time over every way to the model: in rounds, each way in turn, so that whatever disturbs the machine
/// disturbs all of them.
/// </summary>
internal static class LatencyRun
{
    private const string EchoName = "the same gRPC client against a fixed answer";

    /// <summary>Runs one model.</summary>
    public static async Task<LatencyTable> RunAsync(Workload workload, int rounds)
    {
        using Server server = Server.Start(workload);
        List<Caller> callers = [];
        try
        {
            callers.Add(new DirectCaller(workload));
            callers.Add(new GrpcCaller("gRPC, raw contents", server.GrpcPort, workload.GrpcRequest()));
            callers.Add(new HttpCaller("REST, binary", server.RestPort, workload.RestBinaryRequest()));
            if (workload.Input.Length <= 1024)
                callers.Add(new HttpCaller("REST, JSON", server.RestPort, workload.RestJsonRequest()));
            return await CompareAndMeasureAsync(workload, callers, rounds);
        }
        finally
        {
            callers.ForEach(static caller => caller.Dispose());
        }
    }

    private static async Task<LatencyTable> CompareAndMeasureAsync(Workload workload, List<Caller> callers, int rounds)
    {
        DirectCaller direct = callers.OfType<DirectCaller>().Single();
        GrpcCaller grpc = callers.OfType<GrpcCaller>().Single();
        await direct.CallAsync();
        foreach (Caller caller in callers)
        {
            await caller.CallAsync();
            if (!caller.Answered(direct.Output))
                throw new InvalidDataException($"{workload.Name}, {caller.Name}: the answer differs from the direct call's.");
        }

        using Echo? echo = Echo.Start(grpc.Answer);
        if (echo is not null)
            callers.Add(new GrpcCaller(EchoName, echo.Port, workload.GrpcRequest()));
        return await MeasureAsync(workload, callers, rounds);
    }

    private static async Task<LatencyTable> MeasureAsync(Workload workload, List<Caller> callers, int rounds)
    {
        const int WarmUpRounds = 3;
        Samples[] samples = [.. callers.Select(static _ => new Samples())];
        for (int round = -WarmUpRounds; round < rounds; round++)
        {
            for (int i = 0; i < callers.Count; i++)
            {
                // Each round begins with another way: none always comes after the same one.
                int at = (i + round + WarmUpRounds) % callers.Count;
                for (int call = 0; call < workload.CallsPerRound; call++)
                {
                    long start = Stopwatch.GetTimestamp();
                    await callers[at].CallAsync();
                    TimeSpan taken = Stopwatch.GetElapsedTime(start);
                    if (round >= 0)
                        samples[at].Add(taken);
                }
            }
        }

        return new LatencyTable(workload, [.. callers.Zip(samples, static (caller, measured) => (caller.Name, measured))]);
    }
}

/// <summary>What one model's run gave; the first row is the direct call.</summary>
internal sealed record LatencyTable(Workload Workload, (string Name, Samples Samples)[] Rows)
{
    /// <summary>The rows as a Markdown table.</summary>
    public IEnumerable<string> Markdown()
    {
        yield return "| way | calls | p50 ms | p90 ms | p99 ms | added at p50, ms | added at p90, ms |";
        yield return "|---|---|---|---|---|---|---|";
        Samples direct = Rows[0].Samples;
        foreach ((string name, Samples samples) in Rows)
        {
            // The fixed answer is no way to the model: adding to the direct call would say nothing.
            bool adds = samples != direct && !name.Contains("fixed", StringComparison.Ordinal);
            string Added(double share) => adds ? Samples.Text(samples.At(share) - direct.At(share)) : "";
            yield return $"| {name} | {samples.Count} | {samples.TextAt(0.5)} | {samples.TextAt(0.9)} | {samples.TextAt(0.99)} | {Added(0.5)} | {Added(0.9)} |";
        }
    }
}
