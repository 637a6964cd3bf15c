using Ovms.Devices.Health;
using Ovms.Native;

namespace Ovms.Devices;

/// <summary>A compiled model and what its devices report about it. Facts that a device does not report are null.</summary>
/// <param name="Model">The compiled model; the caller frees it by <see cref="Uses"/>, or disposes it if there are none.</param>
/// <param name="Device">The device string passed to OpenVINO, without absent devices.</param>
/// <param name="ExecutionDevices">Devices that run the model: <c>CPU</c>, <c>GPU.0, CPU</c>.</param>
/// <param name="RequestCount">Number of infer requests to create: as requested, else the devices' optimum; at least 1.</param>
/// <param name="Streams">NUM_STREAMS; per device where there are several: <c>GPU 2, CPU 4</c>.</param>
/// <param name="Threads">INFERENCE_NUM_THREADS, in the same form.</param>
/// <param name="Hint">PERFORMANCE_HINT.</param>
/// <param name="InferencePrecision">INFERENCE_PRECISION_HINT.</param>
/// <param name="CpuDecision">How it was fitted to the available CPUs; null if the CPU is none of its devices or no allotment was
/// given.</param>
/// <param name="Warnings">Messages for the log, in order.</param>
internal sealed record CompiledOnDevice(
    CompiledModel Model,
    string Device,
    string ExecutionDevices,
    int RequestCount,
    string? Streams,
    string? Threads,
    string? Hint,
    string? InferencePrecision,
    string? CpuDecision,
    IReadOnlyList<string> Warnings)
{
    /// <summary>What the model cache was used for, in a word or two.</summary>
    public string Cache { get; init; } = "off";

    /// <summary>Reads again what the devices report, after other ones run the model.</summary>
    public Func<CompiledOnDevice, CompiledOnDevice> ReadAgain { get; init; } = static facts => facts;

    /// <summary>Whether new models are compiled by another core, because devices have come since.</summary>
    public Func<bool> IsOfFormerCore { get; init; } = static () => false;

    /// <summary>The devices other than the CPU that hold parts of it; null if there are none.</summary>
    public DeviceUse? Uses { get; init; }
}
