namespace Ovms.Benchmarks;

/// <summary>The parts of a run, in their order.</summary>
internal static class Parts
{
    private const string Sweep = "sweep-";
    private const string Burst = "burst-";
    private const string Beside = "beside-";

    public static string[] Names { get; } =
    [
        "ways", "json", "start", "memory", "bench", "health", "crowd", "reload", "shared", "graph",
        .. new[] { Sweep, Burst, Beside }.SelectMany(static part => Workload.OfLoad.Select(workload => part + workload.Name)),
    ];

    /// <summary>Measures one.</summary>
    public static Task RunAsync(string part, Scale scale, Report report) => part switch
    {
        "ways" => WaysAsync(scale, report),
        "json" => JsonAsync(scale, report),
        "start" => StartAsync(scale, report),
        "memory" => MemoryAsync(scale, report),
        "bench" => BenchCommandAsync(scale, report),
        "health" => HealthAsync(scale, report),
        "crowd" => CrowdAsync(scale, report),
        "reload" => ReloadAsync(scale, report),
        "shared" => SharedAsync(scale, report),
        "graph" => GraphAsync(scale, report),
        _ when WorkloadIn(part, Sweep) is { } workload => SweepAsync(workload, scale, report),
        _ when WorkloadIn(part, Burst) is { } workload => BurstAsync(workload, scale, report),
        _ when WorkloadIn(part, Beside) is { } workload => BesideAsync(workload, scale, report),
        _ => throw new ArgumentOutOfRangeException(nameof(part), part, null),
    };

    private static Workload? WorkloadIn(string part, string kind) =>
        part.StartsWith(kind, StringComparison.Ordinal) ? Workload.OfLoad.FirstOrDefault(workload => workload.Name == part[kind.Length..]) : null;

    private static async Task SharedAsync(Scale scale, Report report)
    {
        SharedMemoryRun run = await SharedMemoryRun.RunAsync(Workload.Squeezenet, scale);
        report.Add(["", $"## Shared memory ({Machine.Name})", "", .. run.Markdown()]);
        report.Add(run.Goal);
    }

    private static async Task GraphAsync(Scale scale, Report report)
    {
        foreach ((Workload workload, string input, string output) in new[] { (Workload.Dummy, "b", "a"), (Workload.Squeezenet, "data_0", "softmaxout_1") })
        {
            GraphRun run = await GraphRun.RunAsync(workload, input, output, scale);
            report.Add(["", $"## {workload.Name}: a graph and its model ({Machine.Name})", "", .. run.Markdown()]);
            report.Add(run.Goals);
        }
    }

    private static async Task SweepAsync(Workload workload, Scale scale, Report report)
    {
        SweepRun run = await SweepRun.RunAsync(workload, scale);
        report.Add(["", $"## {workload.Name}, {SweepRun.Callers} callers: default settings and settings by hand ({Machine.Name})", "", .. run.Markdown()]);
        report.Add(run.Goal);
    }

    private static async Task BurstAsync(Workload workload, Scale scale, Report report)
    {
        BurstRun run = await BurstRun.RunAsync(workload, scale);
        report.Add(["", $"## {workload.Name}: one caller before, during and after a burst of {BurstRun.Callers} ({Machine.Name})", "", .. run.Markdown()]);
        report.Add(run.Goals);
    }

    private static async Task BesideAsync(Workload workload, Scale scale, Report report)
    {
        EngineBesideRun run = await EngineBesideRun.RunAsync(workload, scale);
        report.Add(["", $"## {workload.Name}, {EngineBesideRun.Callers} callers: the engine while the echo runs ({Machine.Name})", "", .. run.Markdown()]);
        report.Add(run.Goals);
    }

    private static async Task WaysAsync(Scale scale, Report report)
    {
        report.Add("", "## All ways to a model");
        foreach (Workload workload in Workload.All)
        {
            Requests requests = workload.MakeRequests();
            using Server server = Server.Start(workload.Options);
            using Server? asInFile = workload.Shape is null ? null : Server.Start(workload.OptionsAsInFile);
            string answer = Bodies.PathOf($"{workload.Name}.answer");
            await Load.Grpc(server.GrpcPort, requests.Grpc).RunAsync(1, scale.Turn, dump: answer);
            using Echo echo = Echo.Start(answer);
            foreach (int callers in new[] { 1, workload.ManyCallers }.Distinct())
            {
                WaysTable table = await new WaysRun(workload, requests, callers, scale).RunAsync(server, asInFile, echo);
                report.Add(table.Markdown());
                report.Add(WaysGoals.Of(table));
            }
        }
    }

    private static async Task JsonAsync(Scale scale, Report report) => report.Add(await JsonRun.RunAsync(scale));

    private static async Task StartAsync(Scale scale, Report report)
    {
        StartRun run = await StartRun.RunAsync(scale);
        report.Add(["", "## Start", "", .. run.Markdown()]);
        report.Add(run.Goals);
    }

    private static async Task MemoryAsync(Scale scale, Report report)
    {
        MemoryRun run = await MemoryRun.RunAsync(scale);
        report.Add(["", "## Memory", "", .. run.Markdown()]);
        report.Add(run.Goals);
    }

    private static async Task BenchCommandAsync(Scale scale, Report report)
    {
        report.Add(["", "## The same as `ovms bench` tells it", "", .. BenchCommandRun.Head]);
        List<Goal> goals = [];
        foreach (Workload workload in Workload.All)
        {
            (IReadOnlyList<string> rows, Goal goal) = await BenchCommandRun.RunAsync(workload, scale);
            report.Add(rows);
            goals.Add(goal);
        }

        report.Add(goals);
    }

    private static async Task HealthAsync(Scale scale, Report report)
    {
        foreach (Workload workload in Workload.All.Intersect([Workload.MobilenetV2, Workload.Resnet50]))
            report.Add(await HealthRun.RunAsync(workload, scale));
    }

    private static async Task CrowdAsync(Scale scale, Report report) => report.Add(await CrowdRun.RunAsync(scale));

    private static async Task ReloadAsync(Scale scale, Report report)
    {
        ReloadRun run = await ReloadRun.RunAsync(scale);
        report.Add(["", "## Reloads", "", .. run.Markdown()]);
    }
}
