using System.Globalization;

namespace Ovms.Options;

/// <summary>Facts about the machine that rules depend on; passed in so that the rules stay pure.</summary>
/// <param name="CpuCores">Logical CPUs that this process may use.</param>
/// <param name="IsWindows">Whether this is Windows, where exit codes and limits differ.</param>
/// <param name="PathExists">Whether a file or folder exists.</param>
/// <param name="OpenFilesLimit">Most files this process may have open; null if unlimited or unknown.</param>
internal sealed record HostFacts(int CpuCores, bool IsWindows, Func<string, bool> PathExists, long? OpenFilesLimit = null)
{
    /// <summary>Returns the value of an environment variable; null if unset.</summary>
    public Func<string, string?> Variable { get; init; } = static _ => null;

    /// <summary>Whether a path is that of a file.</summary>
    public Func<string, bool> IsFile { get; init; } = static _ => false;

    /// <summary>Most bytes of address space of this process; null if unlimited or unknown.</summary>
    public long? AddressSpaceLimit { get; init; }

    /// <summary>Most bytes of data of this process; null if unlimited or unknown.</summary>
    public long? DataLimit { get; init; }

    /// <summary>Bytes of stack of a thread; null if unlimited or unknown.</summary>
    public long? StackLimit { get; init; }

    /// <summary>Most threads of this process's user, over all processes; null if unlimited or unknown.</summary>
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
                IsFile = File.Exists,
                AddressSpaceLimit = ParseLimit(limits, "Max address space"),
                DataLimit = ParseLimit(limits, "Max data size"),
                StackLimit = ParseLimit(limits, "Max stack size"),
                ThreadsLimit = ParseLimit(limits, "Max processes"),
            };
        }
    }

    /// <summary>A soft limit from the text of <c>/proc/self/limits</c>; null if unlimited or missing.</summary>
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
            // No /proc: reported later, with its other consequences.
            return [];
        }
    }
}
