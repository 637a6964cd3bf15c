using Ovms.Devices;
using Ovms.Options;
using Ovms.Serving.Preparation;
using Ovms.Status;

namespace Ovms.Serving.Sequences;

/// <summary>The settings of a stateful model's sequences.</summary>
/// <param name="Max">Maximum number of sequences at a time; 0 = unlimited.</param>
/// <param name="CleansIdle">Whether idle sequences are removed.</param>
internal sealed record SequenceSettings(int Max, bool CleansIdle)
{
    /// <summary>Parses a model's options.</summary>
    /// <returns>The settings; null for a model that is not stateful; or the fault of an unsupported option.</returns>
    public static Outcome<SequenceSettings?> From(ModelOptions options, TargetDevice device)
    {
        if (options.LowLatencyTransformation)
        {
            return Outcome.Fail(
                StatusCode.ModelConfigInvalid,
                "low_latency_transformation: OpenVINO's C interface, which this server uses, has no such transformation; "
                    + "apply the transformation when the model is converted (openvino.passes.LowLatency2) "
                    + "and serve the result as stateful.");
        }

        if (!options.Stateful)
        {
            return Unused(options) is { } unused
                ? Outcome.Fail(StatusCode.InvalidNonStatefulModelParameter, $"{unused} needs stateful: true")
                : (SequenceSettings?)null;
        }

        if (device is not { Mode: DeviceMode.Single, Devices: [{ Type: "CPU" }] })
        {
            return Outcome.Fail(
                StatusCode.ModelConfigInvalid,
                $"Stateful models run on the CPU only; Expected: target_device CPU; Actual: {device.Text}");
        }

        return ShapeText.IsAuto(options.BatchSize) || ShapesOf(options.Shape).Any(ShapeText.IsAuto)
            ? Outcome.Fail(
                StatusCode.ModelConfigInvalid,
                "Stateful models have no auto batch_size or shape: another shape is another compiled model, whose state is lost; "
                    + "give -1 or a range instead.")
            : new SequenceSettings((int)Math.Min(options.MaxSequenceNumber, int.MaxValue), options.IdleSequenceCleanup);
    }

    private static string? Unused(ModelOptions options)
    {
        ModelOptions defaults = new();
        return options.MaxSequenceNumber != defaults.MaxSequenceNumber ? "max_sequence_number"
            : options.IdleSequenceCleanup != defaults.IdleSequenceCleanup ? "idle_sequence_cleanup"
            : null;
    }

    private static IEnumerable<string> ShapesOf(string text) =>
        NamedTexts.Is(text) && NamedTexts.Parse(text, StatusCode.ShapeWrongFormat) is { IsOk: true } named
            ? named.Value.Select(static shape => shape.Value)
            : [text];
}
