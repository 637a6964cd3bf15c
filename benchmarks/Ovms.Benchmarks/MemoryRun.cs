namespace Ovms.Benchmarks;

/// <summary>What the server holds in memory, idle and after many calls, beside the plain C program.</summary>
internal sealed class MemoryRun
{
    private const double MostAdded = 30;
    private const double MostGrowth = 2;
    private const int Callers = 8;
    private readonly Samples _plain = new();
    private readonly Samples _idle = new();
    private readonly List<(long Calls, double Memory)> _after = [];

    /// <summary>Runs it.</summary>
    public static async Task<MemoryRun> RunAsync(Scale scale)
    {
        const int Starts = 3;
        MemoryRun run = new();
        Workload workload = Workload.Dummy;
        Requests requests = workload.MakeRequests();
        for (int i = 0; i < Starts; i++)
        {
            run._plain.Add(PlainProgram.RunOnce(workload).Memory);
            using Server server = Server.Start(workload.Options);
            await Task.Delay(TimeSpan.FromSeconds(1));
            run._idle.Add(server.ResidentMemory);
            if (i < Starts - 1)
                continue;

            Load grpc = Load.Grpc(server.GrpcPort, requests.Grpc);
            Load rest = Load.Rest(server.RestPort, $"/v2/models/{workload.Name}/infer", requests.Binary, requests.JsonLength);
            for (long calls = 0; calls < scale.Calls;)
            {
                calls += (await grpc.RunAsync(Callers, scale.Turn)).Calls + (await rest.RunAsync(Callers, scale.Turn)).Calls;
                run._after.Add((calls, server.ResidentMemory));
            }
        }

        return run;
    }

    public IEnumerable<Goal> Goals
    {
        get
        {
            double limit = _plain.Median + MostAdded;
            // The heap goes up and down between collections.
            int half = _after.Count / 2;
            double growth = new Samples(_after.Skip(half).Select(static at => at.Memory)).Median - new Samples(_after.Take(half).Select(static at => at.Memory)).Median;
            yield return new Goal("dummy, resident memory, loaded and idle", Limit(limit), Samples.Mebibytes(_idle.Median), _idle.Median <= limit);
            yield return new Goal($"… after {_after[^1].Calls:N0} calls", Limit(limit), Samples.Mebibytes(_after[^1].Memory), _after[^1].Memory <= limit);
            yield return new Goal(
                "… its median in the later half of these calls, above the median in the first half",
                $"no growth: ≤ {Samples.Mebibytes(MostGrowth)}",
                $"{growth:+0.0;-0.0} MiB",
                growth <= MostGrowth);
        }
    }

    /// <summary>The rows in Markdown.</summary>
    public IEnumerable<string> Markdown()
    {
        yield return "| dummy, resident memory | MiB |";
        yield return "|---|---|";
        yield return $"| plain C program after its first result | {_plain.Spread(Samples.Text)} |";
        yield return $"| ovms, loaded and idle | {_idle.Spread(Samples.Text)} |";
        int rows = Math.Min(_after.Count, 10);
        for (int row = 1; row <= rows; row++)
        {
            (long calls, double memory) = _after[(_after.Count * row / rows) - 1];
            yield return $"| ovms, after {calls:N0} calls of {Callers} callers, in turns over gRPC and REST | {Samples.Text(memory)} |";
        }
    }

    private static string Limit(double limit) => $"≤ {Samples.Mebibytes(limit)}, the plain C program's + {MostAdded:0}";
}
