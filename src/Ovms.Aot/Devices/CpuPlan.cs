using System.Collections.Immutable;
using Ovms.Devices.Cpu;

namespace Ovms.Devices;

/// <summary>
/// What the CPU plugin is told so that it keeps to the budget. By itself it goes by the affinity alone: under a quota it starts as many
/// threads as there are CPUs, which then all stand still for the rest of each period.
/// </summary>
/// <remarks>
/// What it would choose anyhow is not set. Measured on two cores, other work beside: without a quota, and under an affinity of one, it
/// takes the same threads and streams with and without being told; compiling took as long either way (squeezenet, 15 loads each: median
/// 143 and 145 ms). Under a real quota of one CPU, resnet50 with one caller: 0 of 16 to 24 periods throttled as planned here, 6 to 13
/// of 16 to 22 as OpenVINO chooses; outputs equal to the bit; medians of latency 25 to 34 ms both ways.
/// </remarks>
/// <param name="Properties">For the CPU alone; nothing that was given is among them.</param>
/// <param name="Decision">One line for the log.</param>
internal sealed record CpuPlan(ImmutableArray<DeviceProperty> Properties, string Decision)
{
    private const string Threads = "INFERENCE_NUM_THREADS";
    private const string Streams = "NUM_STREAMS";
    private const string Pinning = "ENABLE_CPU_PINNING";
    private const string Hint = "PERFORMANCE_HINT";

    private static readonly string[] s_keys = [Threads, Streams, Pinning];

    /// <summary>Decides. Pure.</summary>
    /// <param name="target">What the model is compiled for.</param>
    /// <param name="given">What was given, old names translated.</param>
    /// <param name="allotment">What the model may use.</param>
    /// <returns>The plan; null when the CPU is none of the devices.</returns>
    public static CpuPlan? Make(TargetDevice target, PluginConfig given, CpuAllotment allotment)
    {
        if (!target.MayUseCpu)
        {
            return null;
        }

        CpuBudget budget = allotment.Budget;
        Dictionary<string, string> forCpu = Given(given);

        // By OpenVINO's choice a single stream has a thread a core, several streams use every CPU that a core shows.
        bool isForThroughput = forCpu.GetValueOrDefault(Hint) is "THROUGHPUT" or "CUMULATIVE_THROUGHPUT";
        bool usesAllCpus = isForThroughput || forCpu.GetValueOrDefault("ENABLE_HYPER_THREADING") == "YES";
        int own = usesAllCpus ? budget.Seen : budget.SeenCores;
        List<DeviceProperty> set = [];
        if (allotment.Cpus < own)
        {
            set.Add(new DeviceProperty(Threads, Text(allotment.Cpus)));

            // As many streams as cores, where throughput was asked for and nothing given says how many calls there will be.
            if (isForThroughput && !forCpu.ContainsKey(Threads) && !forCpu.ContainsKey("PERFORMANCE_HINT_NUM_REQUESTS"))
            {
                set.Add(new DeviceProperty(Streams, Text(Math.Min(allotment.Cpus, budget.SeenCores))));
            }
        }

        if (budget.HasQuota || allotment.Among > 1)
        {
            // Pinned threads of several models, or of several containers under quotas, would all take the first cores.
            set.Add(new DeviceProperty(Pinning, "NO"));
        }

        ImmutableArray<DeviceProperty> left = [.. set.Where(property => !forCpu.ContainsKey(property.Key))];
        string[] kept = [.. s_keys.Where(forCpu.ContainsKey).Select(key => $"{key}={forCpu[key]}")];
        string part = allotment.Among > 1 ? $", one of {allotment.Among} parts of {budget.Cpus}" : "";
        string what = left.Length > 0 ? $"set {string.Join(", ", left)}" : set.Count > 0 ? "nothing set" : "nothing to set, OpenVINO keeps to that by itself";
        string asGiven = kept.Length > 0 ? $"; as given: {string.Join(", ", kept)}" : "";
        return new CpuPlan(left, $"{allotment.Cpus} of {budget.Seen} CPUs ({budget.Source}{part}): {what}{asGiven}");
    }

    // What a section says of the CPU overrules what is said of all devices.
    private static Dictionary<string, string> Given(PluginConfig given)
    {
        Dictionary<string, string> all = [];
        IEnumerable<DeviceProperty> own = given.Sections.Where(static section => section.Device.Type == "CPU").SelectMany(static section => section.Properties);
        foreach (DeviceProperty property in given.Properties.Concat(own))
        {
            all[property.Key] = property.Value;
        }

        return all;
    }

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
