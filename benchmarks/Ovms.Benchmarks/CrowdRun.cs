using Ovms.Bench;

namespace Ovms.Benchmarks;

/// <summary>Whether a call costs more when many connections do nothing and many models are loaded.</summary>
internal static class CrowdRun
{
    private const int Busy = 8;
    private const int IdleConnections = 1000;
    private const int Models = 200;
    private const double MostAdded = 1.1;

    /// <summary>Runs it.</summary>
    public static async Task<IReadOnlyList<Goal>> RunAsync(Scale scale)
    {
        Workload workload = Workload.Dummy;
        Requests requests = workload.MakeRequests();
        using BenchInput input = workload.MakeInput();
        using ConfigFile config = new();
        config.Write([(workload.Name, null), .. Enumerable.Range(1, Models - 1).Select(static number => ($"m{number}", (int?)null))]);
        using Server one = Server.Start(workload.Options);
        using Server many = Server.Start("--config_path", config.Path);
        List<(Measured Alone, Measured AmongIdle, Measured AmongModels)> rounds = [];
        for (int round = 0; round < scale.Rounds; round++)
        {
            Measured alone = await Load.Grpc(one.GrpcPort, requests.Grpc).RunAsync(one, Busy, scale.Turn * 2);
            Measured amongModels = await Load.Grpc(many.GrpcPort, requests.Grpc).RunAsync(many, Busy, scale.Turn * 2);
            BenchCaller[] idle = await ConnectAsync(one, input, workload.Name);
            Measured amongIdle = await Load.Grpc(one.GrpcPort, requests.Grpc).RunAsync(one, Busy, scale.Turn * 2);
            foreach (BenchCaller caller in idle)
                caller.Dispose();
            rounds.Add((alone, amongIdle, amongModels));
        }

        Goal Ratio(string work, Func<(Measured Alone, Measured AmongIdle, Measured AmongModels), double> ratio) =>
            Goal.AtMost(work, MostAdded, new Samples(rounds.Select(ratio)), Samples.Times);
        return
        [
            Ratio($"dummy, {Busy} callers beside {IdleConnections:N0} idle connections: p50 against without them", static round => round.AmongIdle.P50 / round.Alone.P50),
            Ratio("… time for a call, 1 / (calls/s)", static round => round.Alone.Rate / round.AmongIdle.Rate),
            Ratio("… the server's CPU time for a call", static round => round.AmongIdle.Processor / round.Alone.Processor),
            Ratio($"dummy, {Busy} callers, {Models} models loaded: p50 against one model", static round => round.AmongModels.P50 / round.Alone.P50),
            Ratio("… time for a call, 1 / (calls/s)", static round => round.Alone.Rate / round.AmongModels.Rate),
            Ratio("… the server's CPU time for a call", static round => round.AmongModels.Processor / round.Alone.Processor),
        ];
    }

    // Half of them of each kind, each after one call.
    private static async Task<BenchCaller[]> ConnectAsync(Server server, BenchInput input, string model)
    {
        BenchWay[] ways =
        [
            BenchWay.Rest(server.RestAddress, input, model, cost: null, hasBinary: false).Single(),
            BenchWay.Grpc(server.GrpcAddress, input, model, cost: null),
        ];
        BenchCaller[] callers = new BenchCaller[IdleConnections];
        for (int i = 0; i < callers.Length; i++)
        {
            callers[i] = await ways[i % ways.Length].ConnectAsync();
            await callers[i].CallAsync();
        }

        return callers;
    }
}
