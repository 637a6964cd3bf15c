using System.Text.Json;

namespace Ovms.Benchmarks;

/// <summary>What <c>ovms bench</c> tells its users here: the engine and all ways from within the same program.</summary>
internal static class BenchCommandRun
{
    private const double MostAllocated = 1024;

    /// <summary>Runs it on one model.</summary>
    public static async Task<(IReadOnlyList<string> Rows, Goal Goal)> RunAsync(Workload workload, Scale scale)
    {
        int seconds = (int)Math.Ceiling(scale.Turn.TotalSeconds * scale.Rounds / 2);
        string[] arguments =
        [
            "bench", "--json", "--model_path", workload.ModelPath, "--concurrency", workload.ManyCallers == 1 ? "1" : $"1,{workload.ManyCallers}",
            "--duration", $"{seconds}", .. workload.Shape is null ? [] : (string[])["--shape", $"({workload.Shape})"],
        ];
        using JsonDocument said = JsonDocument.Parse(await Child.RunAsync(Repo.Binary, arguments, TimeSpan.FromMinutes(2)));
        JsonElement[] rows = [.. said.RootElement.GetProperty("rows").EnumerateArray()];
        double most = rows.Where(static row => row.GetProperty("way").GetString() == "gRPC").Max(static row => Number(row, "allocated_bytes_per_call"));
        return (
            [.. rows.Select(row => $"| {workload.Name} | {Number(row, "concurrency")} | {row.GetProperty("way").GetString()} | {Samples.Text(Number(row, "calls_per_second"))} | {Samples.Text(Number(row, "p50_us") / 1000)} | {Samples.Text(Number(row, "p99_us") / 1000)} | {Samples.Percent(Number(row, "share_of_raw"))} | {Number(row, "added_us"):0} | {Number(row, "cpu_seconds_per_call") * 1e6:0} | {Number(row, "allocated_bytes_per_call"):0} |")],
            new Goal($"{workload.Name}: managed allocation of the server for a gRPC call", $"≤ {MostAllocated:N0} bytes", $"{most:N0} bytes", most <= MostAllocated));
    }

    /// <summary>The head of the rows.</summary>
    public static IEnumerable<string> Head =>
    [
        "| model | callers | way | calls/s | p50 ms | p99 ms | of raw | added µs | CPU µs/call | managed bytes/call |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ];

    private static double Number(JsonElement row, string name) => row.GetProperty(name).GetDouble();
}
