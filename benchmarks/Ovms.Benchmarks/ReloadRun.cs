using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Ovms.Benchmarks.Callers;

namespace Ovms.Benchmarks;

/// <summary>
/// What reloads cost: how long one takes, what a caller of a model that does not change notices, what stays in memory; and the start
/// with many models.
/// </summary>
internal static class ReloadRun
{
    private const int ManyModels = 50;
    private const int ReloadsPerRound = 10;

    /// <summary>Runs everything.</summary>
    /// <param name="reloads">How many reloads.</param>
    public static async Task<ReloadTable> RunAsync(int reloads)
    {
        ReloadTable table = new();
        Workload workload = Workload.Dummy();
        DirectoryInfo folder = Directory.CreateTempSubdirectory("ovms-reloads-");
        try
        {
            string config = System.IO.Path.Combine(folder.FullName, "config.json");
            WriteConfig(config, [Entry(workload.Name, "1")]);
            using (Server server = Server.Start(["--config_path", config, "--file_system_poll_wait_seconds", "0"]))
                await ReloadAsync(server, workload, config, reloads, table);
            WriteConfig(config, Enumerable.Range(0, ManyModels).Select(static number => Entry($"m{number}", "1")));
            for (int i = 0; i < 5; i++)
            {
                using Server server = Server.Start(["--config_path", config]);
                table.ManyModelsReady.Add(Stopwatch.GetElapsedTime(server.StartedAt));
                table.ManyModelsMemory.Add(server.ResidentMemory);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return table;
    }

    private static async Task ReloadAsync(Server server, Workload workload, string config, int reloads, ReloadTable table)
    {
        using HttpClient http = new() { BaseAddress = new Uri($"http://127.0.0.1:{server.RestPort}") };
        using GrpcCaller caller = new("gRPC", server.GrpcPort, workload.GrpcRequest());
        for (int call = 0; call < 2000; call++)
            await caller.CallAsync();

        // Three states that follow each other: without the second model, with it, with other settings of it.
        string[][] states = [["1"], ["1", "1"], ["1", "2"]];
        table.MemoryBefore.Add(server.ResidentMemory);
        for (int done = 0; done < reloads;)
        {
            TimeSpan spent = TimeSpan.Zero;
            using CancellationTokenSource end = new();
            Task calling = CallUntilAsync(caller, table.Reloading, end.Token);
            for (int i = 0; i < ReloadsPerRound; i++, done++)
            {
                string[] state = states[done % states.Length];
                WriteConfig(config, state.Select((nireq, number) => Entry(number == 0 ? workload.Name : "second", nireq)));
                long started = Stopwatch.GetTimestamp();
                using HttpResponseMessage answer = await http.PostAsync(new Uri("/v1/config/reload", UriKind.Relative), null);
                answer.EnsureSuccessStatusCode();
                table.Reload.Add(Stopwatch.GetElapsedTime(started));
                spent += Stopwatch.GetElapsedTime(started);
            }

            await end.CancelAsync();
            await calling;

            // As long a quiet round.
            using CancellationTokenSource quietEnd = new(spent);
            await CallUntilAsync(caller, table.Quiet, quietEnd.Token);
        }

        table.MemoryAfter.Add(server.ResidentMemory);
    }

    private static Task CallUntilAsync(GrpcCaller caller, Samples samples, CancellationToken end) => Task.Run(async () =>
    {
        while (!end.IsCancellationRequested)
        {
            long start = Stopwatch.GetTimestamp();
            await caller.CallAsync();
            samples.Add(Stopwatch.GetElapsedTime(start));
        }
    });

    private static JsonObject Entry(string name, string nireq) => new()
    {
        ["config"] = new JsonObject
        {
            ["name"] = name,
            ["base_path"] = Repo.Path("tests/models/dummy"),
            ["nireq"] = int.Parse(nireq, CultureInfo.InvariantCulture),
        },
    };

    private static void WriteConfig(string path, IEnumerable<JsonObject> entries) =>
        File.WriteAllText(path, new JsonObject { ["model_config_list"] = new JsonArray([.. entries]) }.ToJsonString());
}

/// <summary>What the reloads gave.</summary>
internal sealed class ReloadTable
{
    public Samples Reload { get; } = new();

    public Samples Quiet { get; } = new();

    public Samples Reloading { get; } = new();

    public Samples MemoryBefore { get; } = new();

    public Samples MemoryAfter { get; } = new();

    public Samples ManyModelsReady { get; } = new();

    public Samples ManyModelsMemory { get; } = new();

    /// <summary>The tables in Markdown.</summary>
    public IEnumerable<string> Markdown()
    {
        yield return "| dummy | count | p50 ms | p90 ms | p99 ms |";
        yield return "|---|---|---|---|---|";
        yield return Row("a reload, from POST to its answer", Reload);
        yield return Row("a call in quiet rounds", Quiet);
        yield return Row("a call while reloads go on", Reloading);
        yield return "";
        yield return $"Resident memory: {Mebibytes(MemoryBefore)} MiB before, {Mebibytes(MemoryAfter)} MiB after {Reload.Count} reloads.";
        yield return $"Start with 50 models of the kind of dummy: all available {ManyModelsReady.TextAt(0.5)} ms after exec (median of {ManyModelsReady.Count}), {Mebibytes(ManyModelsMemory)} MiB resident.";
    }

    private static string Row(string name, Samples samples) =>
        $"| {name} | {samples.Count} | {samples.TextAt(0.5)} | {samples.TextAt(0.9)} | {samples.TextAt(0.99)} |";

    private static string Mebibytes(Samples samples) => samples.At(0.5).ToString("0.0", CultureInfo.InvariantCulture);
}
