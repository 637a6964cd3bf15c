using System.Diagnostics;

namespace Ovms.Bench.Measuring;

/// <summary>What a process has used since it started.</summary>
/// <param name="Time">CPU time.</param>
/// <param name="Bytes">Bytes allocated on the managed heap.</param>
internal readonly record struct ProcessCost(TimeSpan Time, long Bytes)
{
    /// <summary>The cost of this process.</summary>
    public static ProcessCost OfThis()
    {
        using Process self = Process.GetCurrentProcess();
        return new ProcessCost(self.TotalProcessorTime, GC.GetTotalAllocatedBytes(precise: true));
    }
}
