namespace Ovms.Benchmarks;

/// <summary>How long a health call waits while inference has all processors; and what it would wait if nothing were served.</summary>
internal static class HealthRun
{
    private const double Limit = 5;
    private const int Busy = 8;
    private const int Callers = 4;
    private const double Rate = 100;

    /// <summary>Runs it on one model.</summary>
    public static async Task<IReadOnlyList<Goal>> RunAsync(Workload workload, Scale scale)
    {
        Requests requests = workload.MakeRequests();
        string nothing = Bodies.Write("nothing", []);
        using Server server = Server.Start(workload.Options);
        using Echo echo = Echo.Start(nothing);
        const string Live = "/inference.GRPCInferenceService/ServerLive";
        (string Name, Load Load)[] ways =
        [
            ("gRPC ServerLive", Load.Grpc(server.GrpcPort, nothing, Live)),
            ("REST /v2/health/live", Load.Rest(server.RestPort, "/v2/health/live", nothing)),
            ("the echo beside it", Load.Grpc(echo.Port, nothing, Live)),
        ];
        Samples[] waited = [.. ways.Select(static _ => new Samples())];
        TimeSpan turn = scale.Turn * 4;
        for (int round = 0; round < scale.Rounds; round++)
        {
            // Busy from before the first health call until after the last.
            Task<Measured> busy = Load.Grpc(server.GrpcPort, requests.Grpc).RunAsync(Busy, (turn + TimeSpan.FromSeconds(0.5)) * ways.Length + TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(500));
            for (int i = 0; i < ways.Length; i++)
                waited[(i + round) % ways.Length].Add((await ways[(i + round) % ways.Length].Load.RunAsync(Callers, turn, Rate)).P99);
            await busy;
        }

        string Work(int way) => $"{ways[way].Name}, p99 while {Busy} callers keep {workload.Name} busy";
        return
        [
            Goal.AtMost(Work(0), Limit, waited[0], Samples.Milliseconds),
            Goal.AtMost(Work(1), Limit, waited[1], Samples.Milliseconds),
            Goal.Beside($"… {Work(2)}", waited[2], Samples.Milliseconds),
        ];
    }
}
