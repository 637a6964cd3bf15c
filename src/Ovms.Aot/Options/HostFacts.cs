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

    /// <summary>This machine.</summary>
    public static HostFacts Current => new(Environment.ProcessorCount, OperatingSystem.IsWindows(), Path.Exists, ReadOpenFilesLimit()) { Variable = Environment.GetEnvironmentVariable };

    /// <summary>The limit in force from the text of <c>/proc/self/limits</c>; null where it tells none.</summary>
    internal static long? ParseOpenFilesLimit(IEnumerable<string> lines)
    {
        const string Name = "Max open files";
        string? numbers = lines.FirstOrDefault(static line => line.StartsWith(Name, StringComparison.Ordinal))?[Name.Length..];
        string? inForce = numbers?.Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return long.TryParse(inForce, NumberStyles.None, CultureInfo.InvariantCulture, out long limit) ? limit : null;
    }

    private static long? ReadOpenFilesLimit()
    {
        try
        {
            return OperatingSystem.IsLinux() ? ParseOpenFilesLimit(File.ReadLines("/proc/self/limits")) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No /proc: that is said later, with what else it stops.
            return null;
        }
    }
}
