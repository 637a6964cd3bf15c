using System.Globalization;
using System.Runtime.InteropServices;
using Ovms.Native;

namespace Ovms.Benchmarks;

/// <summary>What the figures were measured on and with.</summary>
internal static class Machine
{
    /// <summary>The processor and the number of its cores, for tables that may be quoted alone.</summary>
    public static string Name { get; } = $"{Value("/proc/cpuinfo", "model name") ?? "unknown CPU"}, {Environment.ProcessorCount} cores";

    /// <summary>The lines of the report's head.</summary>
    /// <param name="loadBefore">The load average when the run began.</param>
    public static IEnumerable<string> Describe(string loadBefore) =>
    [
        $"- machine: {Name}, {Memory()}, {RuntimeInformation.OSDescription} ({RuntimeInformation.OSArchitecture})",
        $"- load average when the run began: {loadBefore} (what else ran makes the figures worse, the upper percentiles most)",
        $"- date: {DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC, at the end",
        $"- ovms {typeof(Ovms.Serving.Table.Servable).Assembly.GetName().Version!.ToString(3)}, OpenVINO {OpenVinoLibrary.BuildNumber}, .NET {Environment.Version}",
        string.Create(CultureInfo.InvariantCulture, $"- binary: {new FileInfo(Repo.Binary).Length / 1048576.0:0.0} MiB (publish/out/bin/ovms)"),
        "- client, server and engine share the machine; CPU, PERFORMANCE_HINT=LATENCY on both sides, everything else as the server chooses by itself",
    ];

    /// <summary>How busy the machine has been for a minute.</summary>
    public static string LoadAverage => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    private static string Memory() =>
        Value("/proc/meminfo", "MemTotal") is { } total
            ? string.Create(CultureInfo.InvariantCulture, $"{long.Parse(total.AsSpan().TrimEnd(" kB"), CultureInfo.InvariantCulture) / 1048576.0:0} GiB")
            : "unknown memory";

    private static string? Value(string file, string key) =>
        File.ReadLines(file).Where(line => line.StartsWith(key, StringComparison.Ordinal)).Select(static line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()).FirstOrDefault();
}
