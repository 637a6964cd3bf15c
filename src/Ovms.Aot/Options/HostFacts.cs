namespace Ovms.Options;

/// <summary>What the rules need to know of the machine; handed in so that they stay pure.</summary>
/// <param name="CpuCores">Cores this process may use.</param>
/// <param name="IsWindows">Whether this is Windows, where exit codes and limits differ.</param>
/// <param name="PathExists">Whether a file or folder is there.</param>
internal sealed record HostFacts(int CpuCores, bool IsWindows, Func<string, bool> PathExists)
{
    /// <summary>This machine.</summary>
    public static HostFacts Current => new(Environment.ProcessorCount, OperatingSystem.IsWindows(), Path.Exists);
}
