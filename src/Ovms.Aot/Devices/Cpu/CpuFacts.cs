using System.Collections.Immutable;

namespace Ovms.Devices.Cpu;

/// <summary>What the system lets this process have of its CPUs.</summary>
/// <param name="Affinity">Where its threads may run: what OpenVINO itself goes by.</param>
/// <param name="Cores">How many physical cores these are.</param>
/// <param name="Cpuset">What the control groups leave of them; null where they do not tell.</param>
/// <param name="Quota">The tightest quota of its control groups; null for none.</param>
/// <param name="Warnings">What could not be read.</param>
internal sealed record CpuFacts(CpuSet Affinity, int Cores, CpuSet? Cpuset, CpuQuota? Quota, ImmutableArray<string> Warnings);
