using System.Globalization;

namespace Ovms.Generation.Loading;

/// <summary>How many bytes the KV cache of a model may take where the options do not say it.</summary>
internal static class KvBudget
{
    // What is left: weights are read again when pages are short, other models grow, and the system needs some.
    private const double Part = 0.6;

    // What a model gets of that where other caches have reserved all: a reload must not fail because its predecessor still lives.
    private const int LeastShare = 4;

    // Caches are reserved at once and filled by use, so what is free does not show them yet.
    private static long s_reserved;

    /// <summary>
    /// Bytes that a cache may take now: a part of what is free, less what other caches have reserved, and at least a quarter of that part.
    /// </summary>
    public static long Free(string proc = "/proc", string cgroup = "/sys/fs/cgroup")
    {
        long free = Math.Min(OfMachine(proc), OfContainer(cgroup));
        long part = (long)(Math.Min(free, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes) * Part);
        return Math.Max(part / LeastShare, part - Interlocked.Read(ref s_reserved));
    }

    /// <summary>Counts a cache until the result is disposed.</summary>
    public static IDisposable Reserve(long bytes)
    {
        Interlocked.Add(ref s_reserved, bytes);
        return new Reservation(bytes);
    }

    private static long OfMachine(string proc)
    {
        foreach (string line in Lines(Path.Combine(proc, "meminfo")))
        {
            if (line.StartsWith("MemAvailable:", StringComparison.Ordinal)
                && line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, { } kib, ..]
                && long.TryParse(kib, NumberStyles.None, CultureInfo.InvariantCulture, out long number))
            {
                return number << 10;
            }
        }

        return long.MaxValue;
    }

    // Pages of files count as used by the container and can be given back.
    private static long OfContainer(string cgroup)
    {
        if (!TryNumber(Path.Combine(cgroup, "memory.max"), out long most))
        {
            return long.MaxValue;
        }

        TryNumber(Path.Combine(cgroup, "memory.current"), out long used);
        long files = Lines(Path.Combine(cgroup, "memory.stat"))
            .Select(static line => line.Split(' '))
            .Where(static parts => parts is ["inactive_file" or "active_file", _])
            .Sum(static parts => long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long bytes) ? bytes : 0);
        return Math.Max(0, most - Math.Max(0, used - files));
    }

    private static bool TryNumber(string path, out long number)
    {
        number = 0;
        return Lines(path) is [{ } line, ..] && long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private static string[] Lines(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllLines(path) : [];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private sealed class Reservation(long bytes) : IDisposable
    {
        private int _isOver;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 0)
            {
                Interlocked.Add(ref s_reserved, -bytes);
            }
        }
    }
}
