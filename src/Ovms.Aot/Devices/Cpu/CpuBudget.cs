namespace Ovms.Devices.Cpu;

/// <summary>The number of CPUs that the server may keep busy.</summary>
/// <param name="Cpus">At least 1.</param>
/// <param name="Seen">The logical CPUs that OpenVINO sees.</param>
/// <param name="SeenCores">The physical cores of these.</param>
/// <param name="HasQuota">Whether a quota, not the number of CPUs, is the limit.</param>
/// <param name="Source">The limit's source, as text for users.</param>
internal sealed record CpuBudget(int Cpus, int Seen, int SeenCores, bool HasQuota, string Source)
{
    /// <summary>Affinity ∩ cpuset ∩ whole CPUs of the quota. Pure.</summary>
    public static CpuBudget From(CpuFacts facts)
    {
        CpuSet both = facts.Cpuset is { } cpuset ? facts.Affinity.And(cpuset) : facts.Affinity;
        // Disjoint sets do not belong to one process: then the kernel's affinity counts.
        CpuSet allowed = both.Count > 0 ? both : facts.Affinity;
        int seen = Math.Max(1, facts.Affinity.Count);
        int cores = Math.Clamp(facts.Cores, 1, seen);
        int whole = Math.Max(1, allowed.Count);
        if (facts.Quota is { } quota && quota.Cpus < whole)
        {
            return new CpuBudget((int)Math.Max(1, decimal.Floor(quota.Cpus)), seen, cores, HasQuota: true, quota.ToString());
        }

        return new CpuBudget(
            whole,
            seen,
            cores,
            HasQuota: false,
            allowed.Count < facts.Affinity.Count ? $"a cpuset of {allowed}" : $"an affinity of {allowed}");
    }
}
