using System.Globalization;

namespace Ovms.Devices;

/// <summary>The memory that the process may still take.</summary>
internal static class FreeMemory
{
    /// <summary>Bytes that are free in the machine and in the container, whichever is less.</summary>
    /// <param name="proc">The folder of <c>meminfo</c>.</param>
    /// <param name="cgroup">The folder of the container's limits.</param>
    public static long Bytes(string proc = "/proc", string cgroup = "/sys/fs/cgroup") =>
        Math.Min(Math.Min(OfMachine(proc), OfContainer(cgroup)), GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

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
}
