using System.Globalization;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>What the system says about a process.</summary>
internal static class ProcessFacts
{
    /// <summary>Open files and connections.</summary>
    public static int Files(int process) => Directory.GetFileSystemEntries($"/proc/{process}/fd").Length;

    /// <summary>Megabytes in memory now.</summary>
    public static long Resident(int process) => Status(process, "VmRSS:");

    /// <summary>The most megabytes it ever had in memory.</summary>
    public static long Peak(int process) => Status(process, "VmHWM:");

    /// <summary>Waits until no more than so many files are open, as connections end a moment after their callers; how many are.</summary>
    public static async Task<int> FilesSettleAsync(int process, int most)
    {
        using CancellationTokenSource limit = new(OvmsProcess.Patience);
        int files = Files(process);
        while (files > most && !limit.IsCancellationRequested)
        {
            await Task.Delay(20);
            files = Files(process);
        }

        return files;
    }

    private static long Status(int process, string name)
    {
        string line = File.ReadLines($"/proc/{process}/status").Single(line => line.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) / 1024;
    }
}
