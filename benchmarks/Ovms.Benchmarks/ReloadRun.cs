using System.Diagnostics;
using Ovms.Bench;

namespace Ovms.Benchmarks;

/// <summary>
/// What reloads cost: how long one takes, what a caller of a model that does not change notices, what stays in memory; and the start
/// with many models.
/// </summary>
internal sealed class ReloadRun
{
    private const int ManyModels = 50;
    private const int ManyStarts = 5;
    private const int ReloadsPerRound = 10;

    // Three states that follow each other: without the second model, with it, with other settings of it.
    private static readonly int[][] s_states = [[1], [1, 1], [1, 2]];

    private readonly Samples _reload = new();
    private readonly Samples _quiet = new();
    private readonly Samples _reloading = new();
    private readonly Samples _ratio = new();
    private readonly Samples _manyReady = new();
    private readonly Samples _manyMemory = new();
    private double _memoryBefore;
    private double _memoryAfter;

    /// <summary>Runs everything.</summary>
    public static async Task<ReloadRun> RunAsync(Scale scale)
    {
        ReloadRun run = new();
        using ConfigFile config = new();
        Write(config, s_states[0]);
        using (Server server = Server.Start("--config_path", config.Path, "--file_system_poll_wait_seconds", "0"))
            await run.ReloadAsync(server, config, scale.Reloads);
        config.Write(Enumerable.Range(0, ManyModels).Select(static number => ($"m{number}", (int?)1)));
        for (int i = 0; i < ManyStarts; i++)
        {
            using Server server = Server.Start("--config_path", config.Path);
            run._manyReady.Add(Stopwatch.GetElapsedTime(server.StartedAt));
            run._manyMemory.Add(server.ResidentMemory);
        }

        return run;
    }

    /// <summary>The rows in Markdown.</summary>
    public IEnumerable<string> Markdown()
    {
        yield return "| dummy, gRPC, 1 caller | count | p50 ms | p90 ms | p99 ms |";
        yield return "|---|---|---|---|---|";
        yield return Row("a reload, from POST to its answer", _reload);
        yield return Row("a call in quiet rounds", _quiet);
        yield return Row("a call while reloads go on", _reloading);
        yield return "";
        yield return $"p99 of a call while reloads go on against quiet, by rounds: {_ratio.Spread(Samples.Times)}.";
        yield return $"Resident memory: {Samples.Mebibytes(_memoryBefore)} before, {Samples.Mebibytes(_memoryAfter)} after {_reload.Count} reloads.";
        yield return $"Start with {ManyModels} models of the kind of dummy: all available {_manyReady.Spread(Samples.Text)} ms after exec ({_manyReady.Count} starts), {Samples.Mebibytes(_manyMemory.Median)} resident.";
    }

    private async Task ReloadAsync(Server server, ConfigFile config, int reloads)
    {
        Workload workload = Workload.Dummy;
        using BenchInput input = workload.MakeInput();
        using HttpClient http = new() { BaseAddress = new Uri($"http://127.0.0.1:{server.RestPort}") };
        using BenchCaller caller = await BenchWay.Grpc(server.GrpcAddress, input, workload.Name, cost: null).ConnectAsync();
        for (int call = 0; call < 2000; call++)
            await caller.CallAsync();

        _memoryBefore = server.ResidentMemory;
        for (int done = 0; done < reloads;)
        {
            TimeSpan spent = TimeSpan.Zero;
            using CancellationTokenSource end = new();
            Task<Samples> calling = CallUntilAsync(caller, _reloading, end.Token);
            for (int i = 0; i < ReloadsPerRound; i++, done++)
            {
                Write(config, s_states[done % s_states.Length]);
                long started = Stopwatch.GetTimestamp();
                using HttpResponseMessage answer = await http.PostAsync(new Uri("/v1/config/reload", UriKind.Relative), null);
                answer.EnsureSuccessStatusCode();
                _reload.Add(Stopwatch.GetElapsedTime(started));
                spent += Stopwatch.GetElapsedTime(started);
            }

            await end.CancelAsync();
            Samples reloading = await calling;

            // As long a quiet round.
            using CancellationTokenSource quietEnd = new(spent);
            Samples quiet = await CallUntilAsync(caller, _quiet, quietEnd.Token);
            _ratio.Add(reloading.At(0.99) / quiet.At(0.99));
        }

        _memoryAfter = server.ResidentMemory;
    }

    private static Task<Samples> CallUntilAsync(BenchCaller caller, Samples all, CancellationToken end) => Task.Run(async () =>
    {
        Samples round = new();
        while (!end.IsCancellationRequested)
        {
            long start = Stopwatch.GetTimestamp();
            await caller.CallAsync();
            round.Add(Stopwatch.GetElapsedTime(start));
            all.Add(Stopwatch.GetElapsedTime(start));
        }

        return round;
    });

    private static void Write(ConfigFile config, int[] state) =>
        config.Write(state.Select(static (nireq, number) => (number == 0 ? Workload.Dummy.Name : "second", (int?)nireq)));

    private static string Row(string name, Samples samples) =>
        $"| {name} | {samples.Count} | {Samples.Text(samples.Median)} | {Samples.Text(samples.At(0.9))} | {Samples.Text(samples.At(0.99))} |";
}
