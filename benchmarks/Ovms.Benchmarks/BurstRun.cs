namespace Ovms.Benchmarks;

/// <summary>
/// One caller's p50 before, during and after many others call: with default settings, against a server that is fixed for one caller.
/// </summary>
internal sealed class BurstRun
{
    /// <summary>How many call in the burst.</summary>
    public const int Callers = 32;

    private const double Most = 1.05;

    // The server judges its form once a second: right after the burst a lone caller may still meet that of the burst.
    private const string RightAfter = "right after";
    private static readonly string[] s_phases = ["before", "during", RightAfter, "after"];

    // By then the server has found its form for the burst, and for the lone caller after it.
    private static readonly TimeSpan s_settling = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan s_goingBack = TimeSpan.FromSeconds(2);

    private readonly List<(Measured[] Default, Measured[] Fixed)> _rounds = [];
    private readonly string _name;

    private BurstRun(Workload workload) => _name = workload.Name;

    /// <summary>Whether the lone caller notices that the server follows its load.</summary>
    public IEnumerable<Goal> Goals => s_phases.Select((phase, i) =>
    {
        string work = $"{_name}, 1 caller {phase} a burst of {Callers}: p50 against a server fixed for one caller";
        Samples ratio = new(_rounds.Select(round => round.Default[i].P50 / round.Fixed[i].P50));
        return phase == RightAfter ? Goal.Beside(work, ratio, Samples.Times) : Goal.AtMost(work, Most, ratio, Samples.Times);
    });

    /// <summary>Runs it.</summary>
    public static async Task<BurstRun> RunAsync(Workload workload, Scale scale)
    {
        BurstRun run = new(workload);
        string body = workload.MakeRequests().Grpc;
        using Server asDefault = Server.Start(workload.OptionsAsInFile);
        using Server latency = Server.Start([.. workload.OptionsAsInFile, "--plugin_config", """{"PERFORMANCE_HINT": "LATENCY"}"""]);
        for (int round = 0; round < scale.Rounds; round++)
        {
            bool isDefaultFirst = round % 2 == 0;
            Measured[] first = await MeasureAsync(isDefaultFirst ? asDefault : latency, body, scale.Turn);
            Measured[] second = await MeasureAsync(isDefaultFirst ? latency : asDefault, body, scale.Turn);
            run._rounds.Add(isDefaultFirst ? (first, second) : (second, first));
        }

        return run;
    }

    /// <summary>The rows in Markdown.</summary>
    public IEnumerable<string> Markdown() =>
    [
        "| 1 caller | p50 ms, default settings | p50 ms, LATENCY | p99 ms, default settings | p99 ms, LATENCY |",
        "|---|---|---|---|---|",
        .. s_phases.Select((phase, i) =>
        {
            string Median(Func<(Measured[] Default, Measured[] Fixed), double> figure) => Samples.Text(new Samples(_rounds.Select(figure)).Median);
            return $"| {phase} | {Median(round => round.Default[i].P50)} | {Median(round => round.Fixed[i].P50)} | {Median(round => round.Default[i].P99)} | {Median(round => round.Fixed[i].P99)} |";
        }),
    ];

    private static async Task<Measured[]> MeasureAsync(Server server, string body, TimeSpan turn)
    {
        Load load = Load.Grpc(server.GrpcPort, body);
        Measured before = await load.RunAsync(1, turn);

        // The burst lasts from before the lone caller's first call until after its last one.
        Task<Measured> burst = load.RunAsync(Callers, s_settling + turn + TimeSpan.FromSeconds(1));
        await Task.Delay(s_settling);
        Measured during = await load.RunAsync(1, turn);
        await burst;
        Measured rightAfter = await load.RunAsync(1, turn);
        return [before, during, rightAfter, await load.RunAsync(1, turn, warmUp: s_goingBack)];
    }
}
