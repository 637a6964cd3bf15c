using System.Diagnostics;
using System.Globalization;

namespace Ovms.Observability.Metrics;

/// <summary>Resource usage of the process, read on each scrape.</summary>
internal static class ProcessMetrics
{
    private const string FileDescriptors = "/proc/self/fd";
    private const string Tasks = "/proc/self/task";

    private static readonly MetricLabels[] s_generations =
    [
        .. Enumerable.Range(0, GC.MaxGeneration + 1).Select(static generation =>
            new MetricLabels(new KeyValuePair<string, string>("generation", generation.ToString(CultureInfo.InvariantCulture)))),
    ];

    /// <summary>Registers the families.</summary>
    /// <param name="metrics">The registry.</param>
    /// <param name="openFilesLimit">Limit of open files; null for no limit.</param>
    public static void AddTo(ServerMetrics metrics, long? openFilesLimit)
    {
        ProcessAge age = ProcessAge.Own;
        metrics.Add(MetricFamilies.StartTime, () => (age.Started - DateTimeOffset.UnixEpoch).TotalSeconds);
        metrics.Add(MetricFamilies.Uptime, () => age.Now.TotalSeconds);
        metrics.Add(MetricFamilies.CpuSeconds, static () => Environment.CpuUsage.TotalTime.TotalSeconds);
        metrics.AddCount(MetricFamilies.ResidentMemory, static () => Environment.WorkingSet);
        metrics.Add(MetricFamilies.OpenFiles, static sink => CollectCount(sink, FileDescriptors, static process => process.HandleCount));
        metrics.Add(MetricFamilies.Threads, static sink => CollectCount(sink, Tasks, static process => process.Threads.Count));
        metrics.AddCount(MetricFamilies.GcHeap, static () => GC.GetTotalMemory(forceFullCollection: false));

        // A precise count would stop all threads.
        metrics.AddCount(MetricFamilies.GcAllocated, static () => GC.GetTotalAllocatedBytes(precise: false));
        metrics.Add(MetricFamilies.GcCollections, CollectCollections);
        if (openFilesLimit is { } limit)
        {
            metrics.AddCount(MetricFamilies.OpenFilesLimit, () => limit);
        }
    }

    /// <summary>Registers the series that names the versions.</summary>
    public static void AddBuild(ServerMetrics metrics, string version, string openVino)
    {
        MetricLabels labels = new(new("version", version), new("openvino", openVino));
        metrics.Add(MetricFamilies.BuildInfo, sink => sink.Add(labels, 1L));
    }

    // Adds no series if the system does not report the count, for example if the process has no free file descriptor to read it.
    private static void CollectCount(MetricSink sink, string folder, Func<Process, int> otherwise)
    {
        try
        {
            long count = OperatingSystem.IsLinux() ? Directory.EnumerateFileSystemEntries(folder).LongCount() : Read(otherwise);
            sink.Add(MetricLabels.None, count);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
        }
    }

    private static void CollectCollections(MetricSink sink)
    {
        for (int generation = 0; generation < s_generations.Length; generation++)
        {
            sink.Add(s_generations[generation], (long)GC.CollectionCount(generation));
        }
    }

    private static T Read<T>(Func<Process, T> read)
    {
        using Process process = Process.GetCurrentProcess();
        return read(process);
    }
}
