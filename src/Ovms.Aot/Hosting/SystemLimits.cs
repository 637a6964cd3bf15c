using System.Globalization;
using Ovms.Devices.Cpu;
using Ovms.Native;
using Ovms.Options;

namespace Ovms.Hosting;

/// <summary>
/// What the system allows this process, held against what a server of one small model takes. Runtime and engine end the process without
/// a word of use where they get no address space or no thread, so that this is looked at before either makes one.
/// </summary>
/// <param name="host">The machine.</param>
internal sealed class SystemLimits(HostFacts host)
{
    /// <summary>Bytes of address space that are taken whatever the machine. The runtime reserves half of what there is for its heap.</summary>
    public const long AddressSpaceBase = 700L << 20;

    /// <summary>Bytes of address space for each CPU: the stacks of its threads, in runtime and engine, and as much for the heap.</summary>
    public const long AddressSpacePerCpu = 50L << 20;

    private const long DataBase = 140L << 20;
    private const long DataPerCpu = 20L << 20;
    private const long Stack = 512 << 10;
    private const long OpenFiles = 20;
    private const int ThreadsBase = 16;
    private const int ThreadsPerCpu = 4;

    // Above, threads are not counted by making them: who has so many has a few more.
    private const long ManyThreads = 10_000;

    // Below, arenas are shared: eight of 64 MB for each CPU would take too much of it.
    private const long MuchAddressSpace = 64L << 30;
    private const int SharedArenas = 2;

    // Nothing runs in them but a wait.
    private const int SmallStack = 128 << 10;

    /// <summary>Looks, and makes do with little address space where that is possible.</summary>
    /// <returns>A sentence about what is too little for a server; null where nothing is.</returns>
    public string? Shortage()
    {
        if (host.AddressSpaceLimit is < MuchAddressSpace)
        {
            NativeHeap.ShareArenas(SharedArenas);
        }

        return ShortOfMemoryOrFiles(host) ?? ShortOfThreads();
    }

    /// <summary>The sentence about the first limit that is told as a number and is too low; null where none is. Pure.</summary>
    internal static string? ShortOfMemoryOrFiles(HostFacts host)
    {
        ReadOnlySpan<(long? Limit, long Needed, string What, string Name)> rows =
        [
            (host.AddressSpaceLimit, AddressSpaceBase + (AddressSpacePerCpu * host.CpuCores), "bytes of address space", "RLIMIT_AS, ulimit -v"),
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
                    $"This process may have {limit} {what} ({name}); on {host.CpuCores} CPUs the server needs {needed} and what its models and callers take: raise the limit.");
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
        return made == needed
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"The system gives this process {made} of the {needed} threads that the server needs on {host.CpuCores} CPUs: raise the limit of its user (RLIMIT_NPROC, ulimit -u, {host.ThreadsLimit?.ToString(CultureInfo.InvariantCulture) ?? "none"} now) or of its control group (pids.max).");
    }

    // The limits count threads of other processes too, and some users are not held to theirs: only making them tells.
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
            // What the runtime says when the system gives no thread.
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
                .Select(static file => long.TryParse(File.ReadAllText(file), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out long max) ? max : (long?)null)
                .Min();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Not told: then there is nothing to be held against.
            return null;
        }
    }

    private static long? Least(long? one, long? other) => one is null || other < one ? other : one;
}
