using System.Collections.Immutable;
using Ovms.Devices.Cpu;

namespace Ovms.Devices;

/// <summary>
/// The properties that keep the CPU plugin within the budget. OpenVINO by itself considers only the affinity. Under a quota it starts as
/// many threads as there are CPUs, and the kernel then suspends them all for the rest of each period.
/// </summary>
/// <remarks>
/// OpenVINO's own choice is not set again. Measured on two cores, with other load. Without a quota, or with an affinity of one CPU,
/// threads and streams are the same with and without these properties. Compiling took as long either way (squeezenet, 15 loads each:
/// median 143 and 145 ms). Under a real quota of one CPU, resnet50 with one caller: this plan had 0 of 16 to 24 periods throttled,
/// OpenVINO's choice 6 to 13 of 16 to 22. Outputs were bit-identical; median latencies were 25 to 34 ms both ways.
/// </remarks>
/// <param name="Properties">Properties for the CPU only, without those the user has given.</param>
/// <param name="Decision">One line for the log.</param>
internal sealed record CpuPlan(ImmutableArray<DeviceProperty> Properties, string Decision)
{
    private const string Threads = "INFERENCE_NUM_THREADS";
    private const string Streams = "NUM_STREAMS";
    private const string Pinning = "ENABLE_CPU_PINNING";
    private const string Hint = "PERFORMANCE_HINT";

    private static readonly string[] s_keys = [Threads, Streams, Pinning];

    /// <summary>Makes the plan. Pure.</summary>
    /// <param name="target">The devices to compile for.</param>
    /// <param name="given">The given configuration, with old names translated.</param>
    /// <param name="allotment">The CPUs that the model may use.</param>
    /// <returns>The plan; null if the CPU is none of the devices.</returns>
    public static CpuPlan? Make(TargetDevice target, PluginConfig given, CpuAllotment allotment)
    {
        if (!target.MayUseCpu)
        {
            return null;
        }

        CpuBudget budget = allotment.Budget;
        Dictionary<string, string> forCpu = Given(given);

        // By OpenVINO's choice a single stream uses one thread a core, and several streams use all logical CPUs.
        bool isForThroughput = forCpu.GetValueOrDefault(Hint) is "THROUGHPUT" or "CUMULATIVE_THROUGHPUT";
        bool usesAllCpus = isForThroughput || forCpu.GetValueOrDefault("ENABLE_HYPER_THREADING") == "YES";
        int own = usesAllCpus ? budget.Seen : budget.SeenCores;
        List<DeviceProperty> set = [];
        if (allotment.Cpus < own)
        {
            set.Add(new DeviceProperty(Threads, Text(allotment.Cpus)));

            // As many streams as cores, if throughput was requested and no given property sets the number of calls.
            if (isForThroughput && !forCpu.ContainsKey(Threads) && !forCpu.ContainsKey("PERFORMANCE_HINT_NUM_REQUESTS"))
            {
                set.Add(new DeviceProperty(Streams, Text(Math.Min(allotment.Cpus, budget.SeenCores))));
            }
        }

        if (budget.HasQuota || allotment.Among > 1)
        {
            // Pinned threads of several models, or of several containers under quotas, would all occupy the first cores.
            set.Add(new DeviceProperty(Pinning, "NO"));
        }

        ImmutableArray<DeviceProperty> left = [.. set.Where(property => !forCpu.ContainsKey(property.Key))];
        string[] kept = [.. s_keys.Where(forCpu.ContainsKey).Select(key => $"{key}={forCpu[key]}")];
        string part = allotment.Among > 1 ? $", one of {allotment.Among} parts of {budget.Cpus}" : "";
        string what = left.Length > 0 ? $"set {string.Join(", ", left)}"
            : set.Count > 0 ? "nothing set"
            : "nothing to set, OpenVINO uses these CPUs by itself";
        string asGiven = kept.Length > 0 ? $"; as given: {string.Join(", ", kept)}" : "";
        return new CpuPlan(left, $"{allotment.Cpus} of {budget.Seen} CPUs ({budget.Source}{part}): {what}{asGiven}");
    }

    // A section for the CPU overrides properties for all devices.
    private static Dictionary<string, string> Given(PluginConfig given)
    {
        Dictionary<string, string> all = [];
        IEnumerable<DeviceProperty> own =
            given.Sections.Where(static section => section.Device.Type == "CPU").SelectMany(static section => section.Properties);
        foreach (DeviceProperty property in given.Properties.Concat(own))
        {
            all[property.Key] = property.Value;
        }

        return all;
    }

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
