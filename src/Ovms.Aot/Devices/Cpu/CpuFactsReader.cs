namespace Ovms.Devices.Cpu;

/// <summary>
/// Reads <see cref="CpuFacts"/> from files of the Linux kernel, in under a millisecond. A missing file sets no limit; an unreadable one
/// gives a warning and sets no limit either. It works the same inside and outside containers.
/// </summary>
/// <param name="root">The folder that contains <c>/proc</c> and <c>/sys</c>.</param>
internal sealed class CpuFactsReader(string root)
{
    // Enough for machines with thousands of containers; a longer file is truncated.
    private const int MaxLines = 100_000;

    private readonly List<string> _warnings = [];

    /// <summary>Reads the facts. On other systems they come from the .NET runtime.</summary>
    public static CpuFacts Read(string root) => new CpuFactsReader(root).Read();

    private CpuFacts Read()
    {
        CpuSet affinity = ReadAffinity();
        string[] mounts = Lines("proc/self/mountinfo");
        string[] groups = Lines("proc/self/cgroup");
        IReadOnlyList<string> unified = CgroupPath.Levels(mounts, groups, "");
        IEnumerable<string> cpu = CgroupPath.Levels(mounts, groups, "cpu");
        IEnumerable<string> cpuset = CgroupPath.Levels(mounts, groups, "cpuset");
        CpuQuota? quota = unified.Select(level => Quota($"{level}/cpu.max", period: null))
            .Concat(cpu.Select(level => Quota($"{level}/cpu.cfs_quota_us", $"{level}/cpu.cfs_period_us")))
            .OfType<CpuQuota>().MinBy(static quota => quota.Cpus);
        CpuSet[] sets =
        [
            .. unified.Select(level => Set($"{level}/cpuset.cpus.effective"))
                .Concat(cpuset.Select(level => Set($"{level}/cpuset.effective_cpus") ?? Set($"{level}/cpuset.cpus")))
                .OfType<CpuSet>(),
        ];
        return new CpuFacts(
            affinity,
            CountCores(affinity),
            sets.Length == 0 ? null : sets.Aggregate(static (all, set) => all.And(set)),
            quota,
            [.. _warnings]);
    }

    private CpuSet ReadAffinity()
    {
        const string Key = "Cpus_allowed_list:";
        string? line = Lines("proc/self/status").FirstOrDefault(static line => line.StartsWith(Key, StringComparison.Ordinal));
        if (line is null || Understood("/proc/self/status", line[Key.Length..].Trim(), CpuSet.Parse) is not { Count: > 0 } allowed)
        {
            return CpuSet.First(Environment.ProcessorCount);
        }

        // The list also names CPUs that are offline or could be hot-plugged.
        return Set("/sys/devices/system/cpu/online") is { } online && allowed.And(online) is { Count: > 0 } there ? there : allowed;
    }

    // CPUs of one core list the same siblings; a CPU without a list counts as a core.
    private int CountCores(CpuSet affinity) => affinity.Numbers
        .Select(number => Text($"/sys/devices/system/cpu/cpu{number}/topology/thread_siblings_list") ?? $"{number}")
        .Distinct()
        .Count();

    private CpuQuota? Quota(string file, string? period)
    {
        string? text = Text(file);
        string? whole = text is null || period is null ? text : $"{text} {Text(period)}";
        CpuQuota? quota = null;
        if (whole is not null && !CpuQuota.TryParse(whole, file, out quota))
        {
            _warnings.Add(NotUnderstood(file, whole));
        }

        return quota;
    }

    private CpuSet? Set(string file) => Text(file) is { Length: > 0 } text ? Understood(file, text, CpuSet.Parse) : null;

    private T? Understood<T>(string file, string text, Func<string, T?> parse)
        where T : class
    {
        T? value = parse(text);
        if (value is null)
        {
            _warnings.Add(NotUnderstood(file, text));
        }

        return value;
    }

    private static string NotUnderstood(string file, string text)
    {
        const int Longest = 80;
        return $"{file} says \"{(text.Length > Longest ? text[..Longest] + "…" : text)}\", which is not understood; "
            + "it is ignored when CPUs are counted";
    }

    private string? Text(string file) => Lines(file) is [{ } line, ..] ? line.Trim() : null;

    private string[] Lines(string file)
    {
        try
        {
            string path = Path.Combine(root, file.TrimStart('/'));
            return File.Exists(path) ? [.. File.ReadLines(path).Take(MaxLines)] : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _warnings.Add($"{file} cannot be read ({e.Message}); it is ignored when CPUs are counted");
            return [];
        }
    }
}
