using System.Globalization;
using Ovms.Native;

namespace Ovms.Devices;

/// <summary>
/// OpenVINO gathers calls into batches on a GPU by itself if the performance hint is THROUGHPUT. A call without others beside it then
/// waits until it gives up to fill the batch. Only AUTO_BATCH_TIMEOUT among the model's properties shows it.
/// </summary>
internal static class ImplicitBatch
{
    /// <summary>The property that only a model with a batch has.</summary>
    public const string Timeout = "AUTO_BATCH_TIMEOUT";

    private const string Allow = "ALLOW_AUTO_BATCHING";

    // Half of what a device has to answer a probe. In milliseconds.
    private const int LongestWait = 5000;

    /// <summary>A warning if calls are gathered without BATCH in the device string; else null.</summary>
    /// <param name="compiled">The compiled model.</param>
    /// <param name="target">The devices that it was compiled for.</param>
    /// <param name="properties">The properties that it was compiled with.</param>
    /// <param name="hint">The effective performance hint.</param>
    /// <param name="executing">EXECUTION_DEVICES.</param>
    public static string? Warning(
        CompiledModel compiled, TargetDevice target, CompileProperties properties, string? hint, string executing) =>
        Warning(target, properties, hint, executing, ExecutionFacts.Read(compiled, Timeout));

    /// <inheritdoc cref="Warning(CompiledModel, TargetDevice, CompileProperties, string, string)"/>
    /// <param name="timeout">What the model reports as <see cref="Timeout"/>. AUTO reports nothing of a GPU that it still compiles
    /// for.</param>
    /// <remarks>Pure.</remarks>
    internal static string? Warning(TargetDevice target, CompileProperties properties, string? hint, string executing, string? timeout)
    {
        bool isComing = timeout is null
            && ExecutionFacts.ReadDevices(executing).AreTemporary
            && hint == "THROUGHPUT"
            && properties.Find(Allow) != "NO"
            && (target.Devices.IsEmpty || target.Devices.Any(static device => device.Type == "GPU"));
        if (target.Mode == DeviceMode.Batch || (timeout is null && !isComing))
        {
            return null;
        }

        string last = Last(timeout ?? properties.Find(Timeout) ?? "");
        string wait = int.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? last : "1000";
        return $"For throughput OpenVINO gathers calls into batches on GPU, and a call that finds no others waits {wait} ms. "
            + $"If single calls must be fast, use the hint LATENCY, or set {Allow} to false or a shorter {Timeout} in plugin_config";
    }

    /// <summary>
    /// Whether calls are gathered, also by BATCH, and a lone one waits so long that the server must not ask the model by an inference.
    /// </summary>
    public static bool IsWaitLong(CompiledModel compiled) =>
        int.TryParse(
            Last(ExecutionFacts.Read(compiled, Timeout) ?? ""), NumberStyles.None, CultureInfo.InvariantCulture, out int milliseconds)
        && milliseconds > LongestWait;

    // Per device where there are several: "GPU 1000".
    private static string Last(string timeout) => timeout.Split(' ')[^1];
}
