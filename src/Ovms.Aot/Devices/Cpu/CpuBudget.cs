namespace Ovms.Devices.Cpu;

/// <summary>How many CPUs the server may keep busy.</summary>
/// <param name="Cpus">At least 1.</param>
/// <param name="Seen">How many OpenVINO believes there are.</param>
/// <param name="SeenCores">How many physical cores these are.</param>
/// <param name="HasQuota">Whether a quota, and not the number of CPUs, is what bounds it.</param>
/// <param name="Source">What bounds it, for a person.</param>
internal sealed record CpuBudget(int Cpus, int Seen, int SeenCores, bool HasQuota, string Source)
{
    /// <summary>Affinity ∩ cpuset ∩ whole CPUs of the quota. Pure.</summary>
    public static CpuBudget From(CpuFacts facts)
    {
        CpuSet both = facts.Cpuset is { } cpuset ? facts.Affinity.And(cpuset) : facts.Affinity;
        // Two sets that have nothing in common are not of one process: the kernel's own answer counts.
        CpuSet allowed = both.Count > 0 ? both : facts.Affinity;
        int seen = Math.Max(1, facts.Affinity.Count);
        int cores = Math.Clamp(facts.Cores, 1, seen);
        int whole = Math.Max(1, allowed.Count);
        if (facts.Quota is { } quota && quota.Cpus < whole)
        {
            return new CpuBudget((int)Math.Max(1, decimal.Floor(quota.Cpus)), seen, cores, HasQuota: true, quota.ToString());
        }

        return new CpuBudget(whole, seen, cores, HasQuota: false, allowed.Count < facts.Affinity.Count ? $"a cpuset of {allowed}" : $"an affinity of {allowed}");
    }
}
