using System.Globalization;
using Ovms.Devices.Cpu;
using Ovms.Native;
using Ovms.Options;

namespace Ovms.Hosting;

/// <summary>
/// Checks the system's limits on this process against what a server with one small model needs. Runtime and engine end the process without
/// a useful message if they get no address space or no thread. So this check comes before either creates one.
/// </summary>
/// <param name="host">The machine.</param>
internal sealed class SystemLimits(HostFacts host)
{
    /// <summary>Bytes of address space needed on any machine. The runtime reserves half of what is available for its heap.</summary>
    public const long AddressSpaceBase = 700L << 20;

    /// <summary>
    /// Bytes of address space for each CPU: the stacks of its threads in runtime and engine, and as much again for the heap.
    /// </summary>
    public const long AddressSpacePerCpu = 50L << 20;

    private const long DataBase = 140L << 20;
    private const long DataPerCpu = 20L << 20;
    private const long Stack = 512 << 10;
    private const long OpenFiles = 20;
    private const int ThreadsBase = 16;
    private const int ThreadsPerCpu = 4;

    // With a higher limit, threads are not counted by creating them: the few that are needed are available.
    private const long ManyThreads = 10_000;

    // With less address space, malloc arenas are shared: eight of 64 MB for each CPU would take too much.
    private const long MuchAddressSpace = 64L << 30;
    private const int SharedArenas = 2;

    // These threads only wait.
    private const int SmallStack = 128 << 10;

    /// <summary>Checks the limits, and shares malloc arenas if address space is limited.</summary>
    /// <returns>A message about the limit that is too low; null if none is.</returns>
    public string? Shortage()
    {
        if (host.AddressSpaceLimit is < MuchAddressSpace)
        {
            NativeHeap.ShareArenas(SharedArenas);
        }

        return ShortOfMemoryOrFiles(host) ?? ShortOfThreads();
    }

    /// <summary>The message about the first numeric limit that is too low; null if none is. Pure.</summary>
    internal static string? ShortOfMemoryOrFiles(HostFacts host)
    {
        long addressSpace = AddressSpaceBase + (AddressSpacePerCpu * host.CpuCores);
        ReadOnlySpan<(long? Limit, long Needed, string What, string Name)> rows =
        [
            (host.AddressSpaceLimit, addressSpace, "bytes of address space", "RLIMIT_AS, ulimit -v"),
            (host.DataLimit, DataBase + (DataPerCpu * host.CpuCores), "bytes of data", "RLIMIT_DATA, ulimit -d"),
            (host.StackLimit, Stack, "bytes of stack for a thread", "RLIMIT_STACK, ulimit -s"),
            (host.OpenFilesLimit, OpenFiles, "open files", "RLIMIT_NOFILE, ulimit -n"),
        ];
        foreach ((long? limit, long needed, string what, string name) in rows)
        {
            if (limit < needed)
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"This process may have {limit} {what} ({name}); on {host.CpuCores} CPUs the server needs "
                        + $"{needed} plus what its models and callers need: raise the limit.");
            }
        }

        return null;
    }

    private string? ShortOfThreads()
    {
        long? allowed = Least(host.ThreadsLimit, PidsLimit());
        int needed = ThreadsBase + (ThreadsPerCpu * host.CpuCores);
        if (allowed is null or > ManyThreads)
        {
            return null;
        }

        int made = MakeThreads(needed);
        string userLimit = host.ThreadsLimit?.ToString(CultureInfo.InvariantCulture) ?? "none";
        return made == needed
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"The system gives this process {made} of the {needed} threads that the server needs on {host.CpuCores} CPUs: "
                    + $"raise the limit of its user (RLIMIT_NPROC, ulimit -u, {userLimit} now) or of its control group (pids.max).");
    }

    // The limits also count threads of other processes, and some users are exempt: only creating the threads shows whether they are
    // available.
    private static int MakeThreads(int count)
    {
        using ManualResetEventSlim enough = new();
        List<Thread> made = [];
        try
        {
            while (made.Count < count)
            {
                Thread thread = new(enough.Wait, SmallStack) { IsBackground = true };
                thread.Start();
                made.Add(thread);
            }
        }
        catch (OutOfMemoryException)
        {
            // The runtime throws this when the system grants no thread.
        }

        enough.Set();
        made.ForEach(static thread => thread.Join());
        return made.Count;
    }

    private static long? PidsLimit()
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        try
        {
            string[] mounts = File.ReadAllLines("/proc/self/mountinfo");
            string[] groups = File.ReadAllLines("/proc/self/cgroup");
            return CgroupPath.Levels(mounts, groups, "").Concat(CgroupPath.Levels(mounts, groups, "pids"))
                .Select(static level => Path.Combine(level, "pids.max"))
                .Where(File.Exists)
                .Select(static file => ParseMax(File.ReadAllText(file)))
                .Min();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Unknown: then this limit is not checked.
            return null;
        }
    }

    private static long? ParseMax(string text) =>
        long.TryParse(text, NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out long max) ? max : null;

    private static long? Least(long? one, long? other) => one is null || other < one ? other : one;
}
