using Ovms.Devices.Health;
using Ovms.Native;
using Ovms.Serving.Batches;
using Ovms.Serving.Health;
using Ovms.Serving.Requests;
using Ovms.Serving.Shapes;
using Ovms.Serving.Signatures;

namespace Ovms.Serving.Table;

/// <summary>The loaded parts of a servable: compiled model, signature and infer requests. Owns both native parts.</summary>
/// <param name="signature">The inputs and outputs.</param>
/// <param name="pool">The infer requests.</param>
/// <param name="compiled">The compiled model; null if the pool owns it.</param>
/// <param name="dynamic">Runs the inferences of a model with dynamic inputs; null for other models.</param>
/// <param name="modelInfo">The keys and texts of model_info in its file; null or empty if there are none.</param>
internal sealed class LoadedModel(
    Signature signature,
    ISlotSource pool,
    CompiledModel? compiled,
    DynamicInference? dynamic = null,
    IReadOnlyList<KeyValuePair<string, string>>? modelInfo = null) : IDisposable
{
    /// <summary>The inputs and outputs.</summary>
    public Signature Signature => signature;

    /// <summary>The infer requests.</summary>
    public ISlotSource Pool => pool;

    /// <summary>Runs the inferences if the inputs are dynamic; null if they are static.</summary>
    public DynamicInference? Dynamic => dynamic;

    /// <summary>Keys and texts of model_info, from which clients of the Model API read labels and scales.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> ModelInfo => modelInfo ?? [];

    /// <summary>The devices that run it; null if unknown.</summary>
    public ExecutingDevices? Devices { get; init; }

    /// <summary>Shows whether it can compute now; null if that cannot be asked.</summary>
    public ZeroInference? Zeros { get; init; }

    /// <summary>Whether it computes once with zeros before devices serve that did not before.</summary>
    public bool WarmsUp { get; init; }

    /// <summary>Variants for other shapes, if shapes are left to calls; owned. Otherwise null.</summary>
    public ServableVariants? Variants { get; set; }

    /// <summary>The form for many calls at a time; owned. Null if the device string or an option decides the form.</summary>
    public ThroughputForm? Throughput { get; set; }

    /// <summary>The form that computes waiting calls together; owned. Null if there can be none.</summary>
    public ThroughputForm? BatchForm { get; set; }

    /// <summary>Computes waiting calls together; null if each is computed alone.</summary>
    public CallBatches? Batches { get; set; }

    /// <summary>
    /// Keeps the model's files, because OpenVINO may read weights from them as long as it lives; owned. Null if not needed.
    /// </summary>
    public IDisposable? Files { get; set; }

    /// <summary>Its entry in the count of CPU streams; owned. Null = none.</summary>
    public IDisposable? StreamEntry { get; set; }

    /// <summary>The devices that it was asked to run on, for the log.</summary>
    public string Device { get; init; } = "CPU";

    /// <summary>The devices other than the CPU that hold parts of it; null if there are none.</summary>
    public DeviceUse? Uses { get; init; }

    /// <summary>Whether its devices compute.</summary>
    public ServableHealth Health { get; set; } = new();

    /// <summary>Whether it is a variant: then <see cref="Health"/> is that of its model, which ends it.</summary>
    public bool IsVariant { get; init; }

    /// <summary>
    /// Frees it. What lies on a device is only freed if the device is well, because otherwise OpenVINO may end the process; else it is left
    /// behind until the device is well.
    /// </summary>
    /// <param name="name">Its name, for the log.</param>
    /// <returns>Completes when it is freed or left behind.</returns>
    public Task FreeAsync(string name)
    {
        StreamEntry?.Dispose();
        if (Uses is { } devices)
        {
            return devices.FreeAsync(name, IsVariant ? Task.CompletedTask : Health.StopAsync(), FindTroubleAsync, Free);
        }

        if (Zeros is { IsHanging: true } zeros)
        {
            // Its memory is in use.
            return FreeAfterAsync(zeros);
        }

        Free();
        return Task.CompletedTask;
    }

    /// <summary>Frees it as <see cref="FreeAsync"/> does, without waiting.</summary>
    public void Dispose() => _ = FreeAsync("that was not served");

    private async Task FreeAfterAsync(ZeroInference zeros)
    {
        await zeros.LateEnded.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Free();
    }

    // The devices are well, but it may not be: an inference of it hangs, or the driver gave up what was compiled.
    private async Task<string?> FindTroubleAsync()
    {
        if (Zeros is not { } zeros)
        {
            return null;
        }

        if (zeros.IsHanging)
        {
            return "an inference with zeros on it has not ended";
        }

        return Health.IsLost && ModelProbe.DeviceTroubleOf(await zeros.RunAsync(DeviceWatch.Patience).ConfigureAwait(false)) is { } trouble
            ? $"it does not compute any more: {trouble}"
            : null;
    }

    private void Free()
    {
        pool.Dispose();
        if (Zeros?.TryFreeLate() == false)
        {
            throw new InvalidOperationException("An inference with zeros uses the model that was to be freed.");
        }

        compiled?.Dispose();
        Variants?.Dispose();
        Files?.Dispose();
    }
}
