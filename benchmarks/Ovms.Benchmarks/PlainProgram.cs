using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Ovms.Benchmarks;

/// <summary>
/// The engine alone, as a plain C program over its C API, on the CPU. It is no part of the repository; the script that starts this program
/// compiles it.
/// </summary>
internal static class PlainProgram
{
    /// <summary>The hint for one caller.</summary>
    public const string Latency = "LATENCY";

    /// <summary>The hint for many.</summary>
    public const string Throughput = "THROUGHPUT";

    private static readonly string s_program = Repo.Path("artifacts/bench/raw");

    /// <summary>Infers for a while with a fixed number of requests in flight.</summary>
    /// <param name="workload">The model.</param>
    /// <param name="inFlight">How many.</param>
    /// <param name="duration">How long.</param>
    /// <param name="hint">PERFORMANCE_HINT; the one that the server takes by itself when not given.</param>
    /// <returns>What it gave, and milliseconds from its start until it could begin.</returns>
    public static async Task<(Measured Measured, double Start)> RunAsync(Workload workload, int inFlight, TimeSpan duration, string hint = Latency)
    {
        using JsonDocument said = JsonDocument.Parse(await Child.RunAsync(s_program, Arguments(workload, inFlight, duration, hint), duration + TimeSpan.FromSeconds(60)));
        double Number(string name) => said.RootElement.GetProperty(name).GetDouble();
        return (new Measured(Number("rps"), Number("p50_ms"), double.NaN, Number("p99_ms")) { Calls = (long)Number("n") }, Number("first_ms"));
    }

    /// <summary>Reads, compiles and infers once.</summary>
    /// <returns>Milliseconds from exec, and from main, to the first result; resident memory at the first result, in MiB.</returns>
    public static (double FromExec, double FromMain, double Memory) RunOnce(Workload workload)
    {
        long start = Stopwatch.GetTimestamp();
        Process process = Child.Start(s_program, Arguments(workload, 1, TimeSpan.Zero, Latency));
        string? line = process.StandardOutput.ReadLine();
        double fromExec = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        process.WaitForExit();
        Child.End(process);
        using JsonDocument said = JsonDocument.Parse(line ?? throw new InvalidOperationException($"{s_program} gave no result."));
        return (fromExec, said.RootElement.GetProperty("first_ms").GetDouble(), said.RootElement.GetProperty("rss_mb").GetDouble());
    }

    private static IEnumerable<string> Arguments(Workload workload, int inFlight, TimeSpan duration, string hint) =>
    [
        workload.File, "CPU", hint, $"{inFlight}", duration.TotalSeconds.ToString(CultureInfo.InvariantCulture),
        .. workload.Shape is null ? [] : (string[])[workload.Shape],
    ];
}
