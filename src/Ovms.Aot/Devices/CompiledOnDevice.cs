using Ovms.Native;

namespace Ovms.Devices;

/// <summary>A model compiled, with what its devices tell of it. Facts a device does not tell are null.</summary>
/// <param name="Model">The compiled model; the receiver disposes it.</param>
/// <param name="Device">What OpenVINO was asked for: the device string without absent devices.</param>
/// <param name="ExecutionDevices">Devices that run it: <c>CPU</c>, <c>GPU.0, CPU</c>.</param>
/// <param name="RequestCount">How many infer requests to make: as asked for, else what the devices find best; at least 1.</param>
/// <param name="Streams">NUM_STREAMS; per device where there are several: <c>GPU 2, CPU 4</c>.</param>
/// <param name="Threads">INFERENCE_NUM_THREADS, in the same way.</param>
/// <param name="Hint">PERFORMANCE_HINT.</param>
/// <param name="InferencePrecision">INFERENCE_PRECISION_HINT.</param>
/// <param name="CpuDecision">How it was fitted to the CPUs there are; null when the CPU is none of its devices or nobody asked.</param>
/// <param name="Warnings">Sentences for the log, in order.</param>
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
    IReadOnlyList<string> Warnings);
