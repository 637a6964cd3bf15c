using System.Collections.Immutable;

namespace Ovms.Devices.Cpu;

/// <summary>The CPUs and the CPU time that the system allows this process.</summary>
/// <param name="Affinity">The CPUs that its threads may run on; OpenVINO uses the same set.</param>
/// <param name="Cores">The number of physical cores of these.</param>
/// <param name="Cpuset">The CPUs that its control groups allow; null if unknown.</param>
/// <param name="Quota">The smallest quota of its control groups; null for none.</param>
/// <param name="Warnings">Messages about files that could not be read.</param>
internal sealed record CpuFacts(CpuSet Affinity, int Cores, CpuSet? Cpuset, CpuQuota? Quota, ImmutableArray<string> Warnings);
