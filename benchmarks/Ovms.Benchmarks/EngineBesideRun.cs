namespace Ovms.Benchmarks;

/// <summary>
/// Many callers with default settings, against the engine alone with its better hint while client and echo exchange the same messages at the
/// rate at which the server has answered them: what the server costs beside client and transport.
/// </summary>
internal sealed class EngineBesideRun
{
    /// <summary>How many call at the same time.</summary>
    public const int Callers = 32;

    private static readonly TimeSpan s_settling = TimeSpan.FromSeconds(4);
    private readonly List<(Measured Served, Measured Alone, Measured Beside, double Driven)> _rounds = [];
    private readonly string _name;
    private readonly string _hint;

    private EngineBesideRun(Workload workload, string hint) => (_name, _hint) = (workload.Name, hint);

    // With many cores, client and transport are spread over more of them than the echo alone shows.
    private static double Least => Environment.ProcessorCount <= 2 ? 0.97 : 0.95;

    /// <summary>Whether the server costs next to nothing.</summary>
    public IEnumerable<Goal> Goals =>
    [
        Goal.AtLeast(
            $"{_name}, {Callers} callers, default settings: calls/s of the engine's ({_hint}) while the echo is called as often",
            Least,
            new Samples(_rounds.Select(static round => round.Served.Rate / round.Beside.Rate)),
            Samples.Percent),
        Goal.Beside("… of the engine's alone", new Samples(_rounds.Select(static round => round.Served.Rate / round.Alone.Rate)), Samples.Percent),
    ];

    /// <summary>Runs it.</summary>
    public static async Task<EngineBesideRun> RunAsync(Workload workload, Scale scale)
    {
        Requests requests = workload.MakeRequests();
        (Measured Measured, double Start) latency = await PlainProgram.RunAsync(workload, Callers, scale.Turn);
        (Measured Measured, double Start) throughput = await PlainProgram.RunAsync(workload, Callers, scale.Turn, PlainProgram.Throughput);
        EngineBesideRun run =
            new(workload, latency.Measured.Rate > throughput.Measured.Rate ? PlainProgram.Latency : PlainProgram.Throughput);
        using Server server = Server.Start(workload.OptionsAsInFile);
        string answer = Bodies.PathOf($"{workload.Name}.answer");
        await Load.Grpc(server.GrpcPort, requests.Grpc).RunAsync(1, scale.Turn, dump: answer);
        using Echo echo = Echo.Start(answer);
        TimeSpan turn = scale.Turn * 2;
        for (int round = 0; round < scale.Rounds; round++)
        {
            Measured served = await Load.Grpc(server.GrpcPort, requests.Grpc).RunAsync(Callers, turn, warmUp: s_settling);
            (Measured alone, double start) = await PlainProgram.RunAsync(workload, Callers, turn, run._hint);

            // The generator must be at it before the plain program has compiled the model, which takes longer beside it, and until its end.
            TimeSpan driven = turn + TimeSpan.FromMilliseconds(500 + (3 * start));
            Task<Measured> driving = Load.Grpc(echo.Port, requests.Grpc).RunAsync(Callers, driven, served.Rate);
            (Measured beside, _) = await PlainProgram.RunAsync(workload, Callers, turn, run._hint);
            run._rounds.Add((served, alone, beside, (await driving).Rate / served.Rate));
        }

        return run;
    }

    /// <summary>The rows in Markdown.</summary>
    public IEnumerable<string> Markdown()
    {
        string Median(Func<(Measured Served, Measured Alone, Measured Beside, double Driven), Measured> which, Func<Measured, double> figure) =>
            Samples.Text(new Samples(_rounds.Select(round => figure(which(round)))).Median);
        yield return "| way | calls/s | p50 ms |";
        yield return "|---|---|---|";
        yield return $"| gRPC, default settings | {Median(static round => round.Served, static one => one.Rate)} | {Median(static round => round.Served, static one => one.P50)} |";
        yield return $"| engine alone, {_hint} | {Median(static round => round.Alone, static one => one.Rate)} | {Median(static round => round.Alone, static one => one.P50)} |";
        yield return $"| … while the echo is called at gRPC's rate | {Median(static round => round.Beside, static one => one.Rate)} | {Median(static round => round.Beside, static one => one.P50)} |";
        yield return $"\nBeside the engine the echo was called at {new Samples(_rounds.Select(static round => round.Driven)).Spread(Samples.Percent)} of gRPC's rate.";
    }
}
