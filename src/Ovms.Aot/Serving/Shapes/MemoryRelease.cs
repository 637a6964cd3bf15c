using System.Diagnostics;
using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;

namespace Ovms.Serving.Shapes;

/// <summary>
/// Makes OpenVINO free the memory of a large inference. A dynamic model keeps what its last inference in a stream needed until the next
/// one, also if the infer request is freed: so a small inference follows a large one.
/// </summary>
/// <remarks>
/// A model that cannot compute its least shapes is left alone after the first attempt. One that computes them slowly is seldom made to:
/// there the small inference would cost its calls more than the memory is worth. The gate lets one thread at a time in.
/// </remarks>
/// <param name="signature">The model's signature.</param>
/// <param name="streams">Number of streams.</param>
internal sealed class MemoryRelease(Signature signature, int streams)
{
    private readonly ZerosAside _zeros = new(signature);
    private readonly ReleasePace _pace = new();
    private bool _isRefused;

    /// <summary>Recovers the model if the small inference fails; null if its inputs are static.</summary>
    public DynamicInference? Dynamic { get; set; }

    /// <summary>Runs the small inference. The caller has passed the model's gate alone.</summary>
    public async ValueTask RunAsync(InferSlot slot)
    {
        if (_isRefused || !_pace.Next())
        {
            return;
        }

        TimeSpan large = slot.LastTook;
        long began = Stopwatch.GetTimestamp();
        TimeSpan used = Environment.CpuUsage.TotalTime;
        long[][] least = [.. signature.Inputs.Select(static input => ZeroTensor.LeastShape(input))];
        _isRefused = !await _zeros.ComputeAsync(slot, least, streams, isPatient: false).ConfigureAwait(false);
        _pace.Add(Stopwatch.GetElapsedTime(began), Environment.CpuUsage.TotalTime - used, large);
        if (_isRefused && Dynamic is not null)
        {
            await Dynamic.HealAsync(slot).ConfigureAwait(false);
        }
    }
}
