namespace Ovms.Devices;

/// <summary>Property names that OpenVINO has dropped but users of older releases still write.</summary>
internal static class LegacyProperties
{
    /// <summary>The property under its current name; an old name adds a warning.</summary>
    public static DeviceProperty Translate(DeviceProperty given, string where, ICollection<string> warnings)
    {
        DeviceProperty now = given switch
        {
            { Key: "CPU_THROUGHPUT_STREAMS", Value: "CPU_THROUGHPUT_AUTO" } => Throughput,
            { Key: "GPU_THROUGHPUT_STREAMS", Value: "GPU_THROUGHPUT_AUTO" } => Throughput,
            { Key: "CPU_THROUGHPUT_AUTO" or "GPU_THROUGHPUT_AUTO" } => Throughput,
            { Key: "CPU_THROUGHPUT_STREAMS" or "GPU_THROUGHPUT_STREAMS" } => given with { Key = "NUM_STREAMS" },
            { Key: "CPU_THREADS_NUM" } => given with { Key = "INFERENCE_NUM_THREADS" },
            _ => given,
        };
        if (now != given)
        {
            warnings.Add($"plugin_config: {where}{given} is an old name; {now} is used. Write that instead");
        }

        return now;
    }

    private static DeviceProperty Throughput => new("PERFORMANCE_HINT", "THROUGHPUT");
}
