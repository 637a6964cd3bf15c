using System.Globalization;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>A control group of this machine with a quota, made for one test and removed after it; processes in it have ended by then.</summary>
internal sealed class RealCgroup : IDisposable
{
    private RealCgroup(string path) => Path = path;

    public string Path { get; }

    /// <summary>The file that takes a process into the group.</summary>
    public string Processes => $"{Path}/cgroup.procs";

    /// <summary>In how many periods the group had used up its quota.</summary>
    public long Throttled =>
        long.Parse(File.ReadLines($"{Path}/cpu.stat").Single(static line => line.StartsWith("nr_throttled ", StringComparison.Ordinal)).Split(' ')[1], CultureInfo.InvariantCulture);

    /// <summary>Makes the group; skips the test, saying why, where that is not allowed.</summary>
    public static RealCgroup OrSkip(int cpus)
    {
        string parent = Directory.Exists("/sys/fs/cgroup/cpu") ? "/sys/fs/cgroup/cpu" : "/sys/fs/cgroup";
        string path = $"{parent}/ovms-test-{Environment.ProcessId}-{Guid.NewGuid():N}";
        string why = "";
        RealCgroup group = new(path);
        bool isMade = false;
        try
        {
            Directory.CreateDirectory(path);
            isMade = true;
            bool isFirst = File.Exists($"{path}/cpu.cfs_quota_us");
            File.WriteAllText($"{path}/{(isFirst ? "cpu.cfs_quota_us" : "cpu.max")}", isFirst ? $"{cpus * 100000}" : $"{cpus * 100000} 100000");
            return group;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            why = e.Message;
        }

        if (isMade)
        {
            group.Dispose();
        }

        Skip.Test($"No control group with a quota can be made here: {why}");
        return group;
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path);
}
