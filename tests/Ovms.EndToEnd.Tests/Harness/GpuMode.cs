namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>A way to use two GPUs, under which <see cref="GpuServer"/> serves the dummy.</summary>
/// <param name="Name">The model's name.</param>
/// <param name="Device">The device string.</param>
/// <param name="Config">JSON of plugin_config.</param>
/// <param name="Told">What the line of its load says.</param>
/// <param name="Gpus">The GPUs that compute, by number.</param>
internal sealed record GpuMode(string Name, string Device, string Config, string[] Told, int[] Gpus)
{
    /// <summary>The model that gathers four calls.</summary>
    public const string Batch = "batch";

    /// <summary>All but AUTO, which changes its device while it serves.</summary>
    public static IReadOnlyList<GpuMode> All { get; } =
    [
        new("gpu", "GPU", "{}", ["devices executing: GPU.0;", "streams: 1;", "hint: LATENCY;"], [0]),
        new("gpu.0", "GPU.0", "{}", ["devices executing: GPU.0;"], [0]),
        new("gpu.1", "GPU.1", "{}", ["devices executing: GPU.1;"], [1]),
        new("multi-cpu", "MULTI:CPU,GPU.0", "{}", ["devices executing: CPU, GPU.0;"], [0]),
        new("multi-gpu", "MULTI:GPU.0,GPU.1", "{}", ["devices executing: GPU.0, GPU.1;"], [0, 1]),
        new("multi-all", "MULTI:GPU,CPU", "{}", ["devices executing: GPU.0, GPU.1, CPU;"], [0, 1]),
        new("multi-without", "MULTI:-GPU.1", "{}", ["devices executing: CPU, GPU.0;"], [0]),
        new("hetero-gpu", "HETERO:GPU,CPU", "{}", ["devices executing: GPU.0;"], [0]),
        new("hetero-cpu", "HETERO:CPU,GPU", "{}", ["devices executing: CPU;"], []),
        new("hetero-gpus", "HETERO:GPU.1,GPU.0", "{}", ["devices executing: GPU.1;"], [1]),
        new(Batch, "BATCH:GPU(4)", """{"AUTO_BATCH_TIMEOUT": 300}""", ["devices executing: GPU.0;", "No of InferRequests: 4;"], [0]),
        new("latency", "GPU", """{"PERFORMANCE_HINT": "LATENCY"}""", ["hint: LATENCY;", "streams: 1;"], [0]),
        new("throughput", "GPU", """{"PERFORMANCE_HINT": "THROUGHPUT"}""", ["hint: THROUGHPUT;", "streams: 2;"], [0]),
        new(
            "cumulative",
            "AUTO:GPU.0,GPU.1",
            """{"PERFORMANCE_HINT": "CUMULATIVE_THROUGHPUT"}""",
            ["devices executing: GPU.0, GPU.1;"],
            [0, 1]),
        new("streams", "GPU", """{"NUM_STREAMS": 2}""", ["streams: 2;", "No of InferRequests: 2;"], [0]),
        new(
            "sections",
            "HETERO:GPU,CPU",
            """{"DEVICE_PROPERTIES": {"GPU": {"NUM_STREAMS": 2}, "CPU": {"INFERENCE_NUM_THREADS": 1}}}""",
            ["devices executing: GPU.0;", "streams: 2;"],
            [0]),
    ];

    /// <summary>The names, for tests with one run for each.</summary>
    public static IEnumerable<string> Names() => All.Select(static mode => mode.Name);
}
