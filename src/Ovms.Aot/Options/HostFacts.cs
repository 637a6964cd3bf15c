using System.Globalization;

namespace Ovms.Options;

/// <summary>What the rules need to know of the machine; handed in so that they stay pure.</summary>
/// <param name="CpuCores">Cores this process may use.</param>
/// <param name="IsWindows">Whether this is Windows, where exit codes and limits differ.</param>
/// <param name="PathExists">Whether a file or folder is there.</param>
/// <param name="OpenFilesLimit">How many files this process may have open; null where there is no such limit or it is not told.</param>
internal sealed record HostFacts(int CpuCores, bool IsWindows, Func<string, bool> PathExists, long? OpenFilesLimit = null)
{
    /// <summary>Gives an environment variable's value; null for none.</summary>
    public Func<string, string?> Variable { get; init; } = static _ => null;

    /// <summary>How many bytes of address space this process may have; null where there is no such limit or it is not told.</summary>
    public long? AddressSpaceLimit { get; init; }

    /// <summary>How many bytes of data this process may have; null where there is no such limit or it is not told.</summary>
    public long? DataLimit { get; init; }

    /// <summary>How many bytes of stack a thread gets; null where there is no such limit or it is not told.</summary>
    public long? StackLimit { get; init; }

    /// <summary>
    /// How many threads the user of this process may have, in all processes; null where there is no such limit or it is not told.
    /// </summary>
    public long? ThreadsLimit { get; init; }

    /// <summary>This machine.</summary>
    public static HostFacts Current
    {
        get
        {
            string[] limits = ReadLimits();
            return new(Environment.ProcessorCount, OperatingSystem.IsWindows(), Path.Exists, ParseLimit(limits, "Max open files"))
            {
                Variable = Environment.GetEnvironmentVariable,
                AddressSpaceLimit = ParseLimit(limits, "Max address space"),
                DataLimit = ParseLimit(limits, "Max data size"),
                StackLimit = ParseLimit(limits, "Max stack size"),
                ThreadsLimit = ParseLimit(limits, "Max processes"),
            };
        }
    }

    /// <summary>A limit in force from the text of <c>/proc/self/limits</c>; null where it tells none.</summary>
    internal static long? ParseLimit(IEnumerable<string> lines, string name)
    {
        string? numbers = lines.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?[name.Length..];
        string? inForce = numbers?.Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return long.TryParse(inForce, NumberStyles.None, CultureInfo.InvariantCulture, out long limit) ? limit : null;
    }

    private static string[] ReadLimits()
    {
        try
        {
            return OperatingSystem.IsLinux() ? File.ReadAllLines("/proc/self/limits") : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No /proc: that is said later, with what else it stops.
            return [];
        }
    }
}
