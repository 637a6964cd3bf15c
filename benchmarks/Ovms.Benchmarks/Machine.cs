using System.Globalization;
using System.Runtime.InteropServices;
using Ovms.Native;

namespace Ovms.Benchmarks;

/// <summary>What the figures were measured on and with.</summary>
internal static class Machine
{
    /// <summary>The lines of the report's head.</summary>
    public static IEnumerable<string> Describe()
    {
        yield return $"- machine: {Value("/proc/cpuinfo", "model name") ?? "unknown CPU"}, {Environment.ProcessorCount} cores, {Memory()}, {RuntimeInformation.OSDescription} ({RuntimeInformation.OSArchitecture})";
        if (File.Exists("/proc/loadavg"))
            yield return $"- load average when the run began: {File.ReadAllText("/proc/loadavg").Split(' ')[0]} (what else ran makes the figures worse, the upper percentiles most)";
        yield return $"- date: {DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}";
        yield return $"- ovms {ServerVersion()}, OpenVINO {OpenVinoLibrary.BuildNumber}, .NET {Environment.Version} (client and direct call; the server is NativeAOT)";
        yield return string.Create(CultureInfo.InvariantCulture, $"- binary: {new FileInfo(Repo.Binary).Length / 1048576.0:0.0} MiB (publish/out/bin/ovms)");
        yield return "- settings on both sides: CPU, PERFORMANCE_HINT=LATENCY, one infer request, one caller; client and server on the same machine over loopback";
    }

    private static string ServerVersion() => typeof(Ovms.Serving.Servable).Assembly.GetName().Version!.ToString(3);

    private static string Memory() =>
        Value("/proc/meminfo", "MemTotal") is { } total
            ? string.Create(CultureInfo.InvariantCulture, $"{long.Parse(total.AsSpan().TrimEnd(" kB"), CultureInfo.InvariantCulture) / 1048576.0:0} GiB")
            : "unknown memory";

    private static string? Value(string file, string key) =>
        File.Exists(file)
            ? File.ReadLines(file).Where(line => line.StartsWith(key, StringComparison.Ordinal)).Select(static line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()).FirstOrDefault()
            : null;
}
