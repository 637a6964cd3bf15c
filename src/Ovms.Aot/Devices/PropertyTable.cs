using System.Globalization;

namespace Ovms.Devices;

/// <summary>The kinds of values that a property accepts.</summary>
internal enum PropertyKind
{
    /// <summary>Unknown here; OpenVINO checks it.</summary>
    Any,

    /// <summary>YES or NO.</summary>
    Boolean,

    /// <summary>A whole number from 0.</summary>
    Count,

    /// <summary>A whole number from 0 (also -1 and -2, as OpenVINO writes them), AUTO or NUMA.</summary>
    Streams,

    /// <summary>A number from 0 to 1.</summary>
    Fraction,

    /// <summary>One of a few words.</summary>
    Word,

    /// <summary>Describes the device; cannot be set.</summary>
    ReadOnly,

    /// <summary>A pointer inside a program; cannot be given as text.</summary>
    Pointer,

    /// <summary>Set by the device string instead.</summary>
    SaidByDevice,

    /// <summary>Set by a device string with BATCH instead.</summary>
    SaidByBatch,
}

/// <summary>
/// Checks the value of a property. OpenVINO's own errors often name neither property nor value, some devices silently accept any value,
/// and a pointer given as text would be dereferenced.
/// </summary>
/// <param name="Kind">The kind of its values.</param>
/// <param name="Words">The words of <see cref="PropertyKind.Word"/>.</param>
internal sealed record PropertyRule(PropertyKind Kind, params string[] Words)
{
    private static readonly PropertyRule s_any = new(PropertyKind.Any);

    private static readonly Dictionary<string, PropertyRule> s_table = new(StringComparer.Ordinal)
    {
        ["NUM_STREAMS"] = new(PropertyKind.Streams),

        ["INFERENCE_NUM_THREADS"] = new(PropertyKind.Count),
        ["COMPILATION_NUM_THREADS"] = new(PropertyKind.Count),
        ["PERFORMANCE_HINT_NUM_REQUESTS"] = new(PropertyKind.Count),
        ["AUTO_BATCH_TIMEOUT"] = new(PropertyKind.Count),
        ["DYNAMIC_QUANTIZATION_GROUP_SIZE"] = new(PropertyKind.Count),
        ["KEY_CACHE_GROUP_SIZE"] = new(PropertyKind.Count),
        ["VALUE_CACHE_GROUP_SIZE"] = new(PropertyKind.Count),
        ["CPU_SPARSE_WEIGHTS_DECOMPRESSION_RATE"] = new(PropertyKind.Fraction),

        ["ALLOW_AUTO_BATCHING"] = new(PropertyKind.Boolean),
        ["CPU_DENORMALS_OPTIMIZATION"] = new(PropertyKind.Boolean),
        ["DEVICE_BIND_BUFFER"] = new(PropertyKind.Boolean),
        ["ENABLE_CPU_PINNING"] = new(PropertyKind.Boolean),
        ["ENABLE_CPU_RESERVATION"] = new(PropertyKind.Boolean),
        ["ENABLE_HYPER_THREADING"] = new(PropertyKind.Boolean),
        ["ENABLE_MMAP"] = new(PropertyKind.Boolean),
        ["ENABLE_RUNTIME_FALLBACK"] = new(PropertyKind.Boolean),
        ["ENABLE_STARTUP_FALLBACK"] = new(PropertyKind.Boolean),
        ["ENABLE_TENSOR_PARALLEL"] = new(PropertyKind.Boolean),
        ["ENABLE_WEIGHTLESS"] = new(PropertyKind.Boolean),
        ["FORCE_TBB_TERMINATE"] = new(PropertyKind.Boolean),
        ["PERF_COUNT"] = new(PropertyKind.Boolean),

        ["CACHE_MODE"] = new(PropertyKind.Word, "OPTIMIZE_SIZE", "OPTIMIZE_SPEED"),
        ["EXECUTION_MODE_HINT"] = new(PropertyKind.Word, "PERFORMANCE", "ACCURACY"),
        ["INFERENCE_PRECISION_HINT"] = new(PropertyKind.Word, "f32", "f16", "bf16", "dynamic", "undefined", "FP32", "FP16", "BF16"),
        ["LOG_LEVEL"] = new(PropertyKind.Word, "LOG_NONE", "LOG_ERROR", "LOG_WARNING", "LOG_INFO", "LOG_DEBUG", "LOG_TRACE"),
        ["MODEL_PRIORITY"] = new(PropertyKind.Word, "LOW", "MEDIUM", "HIGH"),
        ["PERFORMANCE_HINT"] = new(PropertyKind.Word, "LATENCY", "THROUGHPUT", "CUMULATIVE_THROUGHPUT"),
        ["SCHEDULE_POLICY"] = new(PropertyKind.Word, "ROUND_ROBIN", "DEVICE_PRIORITY"),
        ["SCHEDULING_CORE_TYPE"] = new(PropertyKind.Word, "ANY_CORE", "PCORE_ONLY", "ECORE_ONLY"),

        ["AVAILABLE_DEVICES"] = new(PropertyKind.ReadOnly),
        ["COMPATIBILITY_CHECK"] = new(PropertyKind.ReadOnly),
        ["DEVICE_ARCHITECTURE"] = new(PropertyKind.ReadOnly),
        ["DEVICE_GOPS"] = new(PropertyKind.ReadOnly),
        ["DEVICE_LUID"] = new(PropertyKind.ReadOnly),
        ["DEVICE_PCI_INFO"] = new(PropertyKind.ReadOnly),
        ["DEVICE_THERMAL"] = new(PropertyKind.ReadOnly),
        ["DEVICE_TYPE"] = new(PropertyKind.ReadOnly),
        ["DEVICE_UUID"] = new(PropertyKind.ReadOnly),
        ["EXECUTION_DEVICES"] = new(PropertyKind.ReadOnly),
        ["FULL_DEVICE_NAME"] = new(PropertyKind.ReadOnly),
        ["MAX_BATCH_SIZE"] = new(PropertyKind.ReadOnly),
        ["NPU_COMPILER_VERSION"] = new(PropertyKind.ReadOnly),
        ["NPU_DEVICE_ALLOC_MEM_SIZE"] = new(PropertyKind.ReadOnly),
        ["NPU_DEVICE_TOTAL_MEM_SIZE"] = new(PropertyKind.ReadOnly),
        ["NPU_DRIVER_VERSION"] = new(PropertyKind.ReadOnly),
        ["OPTIMAL_BATCH_SIZE"] = new(PropertyKind.ReadOnly),
        ["OPTIMAL_NUMBER_OF_INFER_REQUESTS"] = new(PropertyKind.ReadOnly),
        ["OPTIMIZATION_CAPABILITIES"] = new(PropertyKind.ReadOnly),
        ["RANGE_FOR_ASYNC_INFER_REQUESTS"] = new(PropertyKind.ReadOnly),
        ["RANGE_FOR_STREAMS"] = new(PropertyKind.ReadOnly),
        ["SUPPORTED_PROPERTIES"] = new(PropertyKind.ReadOnly),

        ["CACHE_ENCRYPTION_CALLBACKS"] = new(PropertyKind.Pointer),
        ["DEV_OBJECT_HANDLE"] = new(PropertyKind.Pointer),
        ["MEM_HANDLE"] = new(PropertyKind.Pointer),
        ["MODEL_PTR"] = new(PropertyKind.Pointer),
        ["OCL_CONTEXT"] = new(PropertyKind.Pointer),
        ["OCL_QUEUE"] = new(PropertyKind.Pointer),
        ["VA_DEVICE"] = new(PropertyKind.Pointer),
        ["MULTI_DEVICE_PRIORITIES"] = new(PropertyKind.SaidByDevice),
        ["AUTO_BATCH_DEVICE_CONFIG"] = new(PropertyKind.SaidByBatch),
    };

    /// <summary>The rule for a property.</summary>
    public static PropertyRule For(string key) => s_table.GetValueOrDefault(key, s_any);

    /// <summary>Whether the property can be given at all.</summary>
    public bool IsSettable =>
        Kind is not (PropertyKind.ReadOnly or PropertyKind.Pointer or PropertyKind.SaidByDevice or PropertyKind.SaidByBatch);

    /// <summary>The value in OpenVINO's form; null if the property does not accept it.</summary>
    public string? Normalize(string value) => Kind switch
    {
        PropertyKind.Boolean => Boolean(value),
        PropertyKind.Count => IsWhole(value, 0) ? value : null,
        PropertyKind.Streams => value is "AUTO" or "NUMA" || IsWhole(value, -2) ? value : null,
        PropertyKind.Fraction =>
            double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number is >= 0 and <= 1
                ? value
                : null,
        PropertyKind.Word => Words.Contains(value) ? value : null,
        _ => value,
    };

    /// <summary>
    /// Whether a device other than the CPU takes a number of streams that the CPU takes. GPU compiles with others too, and then cannot create
    /// an infer request.
    /// </summary>
    public static bool AreStreamsOfAnyDevice(string value) => value is "AUTO" or "-1" || IsWhole(value, 1);

    /// <summary>What is expected, or why the property cannot be set; the end of a sentence.</summary>
    public string Expectation => Kind switch
    {
        PropertyKind.Boolean => "expected is true or false (YES or NO)",
        PropertyKind.Count => "expected is a whole number from 0",
        PropertyKind.Streams => "expected is a whole number, AUTO or NUMA",
        PropertyKind.Fraction => "expected is a number from 0 to 1",
        PropertyKind.Word => $"expected is one of {string.Join(", ", Words)}",
        PropertyKind.ReadOnly => "it tells about the device and cannot be set",
        PropertyKind.Pointer => "it is a pointer inside a program and cannot be given as text",
        PropertyKind.SaidByDevice => "name the devices in the target device instead, as in AUTO:GPU,CPU",
        PropertyKind.SaidByBatch => "name device and batch size in the target device instead, as in BATCH:CPU(256)",
        _ => "expected is what the device documents",
    };

    private static bool IsWhole(string value, int least) =>
        int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number >= least;

    private static string? Boolean(string value) => value.ToUpperInvariant() switch
    {
        "YES" or "TRUE" or "ON" or "1" => "YES",
        "NO" or "FALSE" or "OFF" or "0" => "NO",
        _ => null,
    };
}
