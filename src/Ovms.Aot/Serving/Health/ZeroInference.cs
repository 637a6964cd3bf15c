using System.Diagnostics;
using Ovms.Serving.Requests;
using Ovms.Serving.Shapes;
using Ovms.Serving.Signatures;

namespace Ovms.Serving.Health;

/// <summary>
/// Shows whether a compiled model can compute now: one inference with zeros and empty strings, in an infer request of its own, so that no
/// call's request and no sequence's state is touched.
/// </summary>
/// <remarks>
/// A device may hang in any call. Each attempt therefore has its own thread, and is left behind if it does not end in time. Its request is
/// freed when it has ended, but only by a method of this object, while the compiled model lives: the last holder of a compiled model frees
/// it, and the thread cannot know whether the device survives that. At most one attempt hangs; none is started beside it.
/// </remarks>
/// <param name="signature">The model's inputs.</param>
/// <param name="requests">Creates infer requests.</param>
/// <param name="shapes">The shapes that calls have computed with; null if the inputs are static.</param>
/// <param name="gate">The gate of a dynamic model; null for other models.</param>
internal sealed class ZeroInference(Signature signature, OutputMemory requests, ShapeHistory? shapes = null, ShapeGate? gate = null)
{
    // Attempts that did not end in time, of all models: not to be collected, because that would free their requests.
    private static readonly HashSet<ZeroAttempt> s_leftBehind = [];

    private readonly SemaphoreSlim _turn = new(1);
    private ZeroAttempt? _late;

    /// <summary>Whether the engine still has not let go of an attempt that was left behind.</summary>
    public bool IsHanging => Volatile.Read(ref _late) is { Ended.IsCompleted: false };

    /// <summary>Completes when the engine has let go of the attempt that was left behind; completed if there is none.</summary>
    public Task LateEnded => Volatile.Read(ref _late)?.Ended ?? Task.CompletedTask;

    /// <summary>
    /// Runs one inference. If an earlier one runs or hangs, waits for that one first. Call it only while the compiled model lives.
    /// </summary>
    /// <param name="deadline">How long to wait in all, for an earlier inference and for this one.</param>
    public async Task<ZeroResult> RunAsync(TimeSpan deadline)
    {
        long began = Stopwatch.GetTimestamp();
        if (!await _turn.WaitAsync(deadline).ConfigureAwait(false))
        {
            return ZeroResult.NoAnswer;
        }

        try
        {
            TimeSpan left = deadline - Stopwatch.GetElapsedTime(began);
            return left > TimeSpan.Zero ? await RunAloneAsync(left).ConfigureAwait(false) : ZeroResult.NoAnswer;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc cref="RunAsync"/>
    /// <remarks>Blocks.</remarks>
    public ZeroResult Run(TimeSpan deadline) => RunAsync(deadline).GetAwaiter().GetResult();

    /// <summary>Frees an attempt that was left behind and has ended since. Called before the compiled model is freed.</summary>
    /// <returns>False if it still hangs; the compiled model must not be freed then.</returns>
    public bool TryFreeLate()
    {
        if (_late is not { } late)
        {
            return true;
        }

        if (!late.Ended.IsCompleted)
        {
            return false;
        }

        late.Free();
        lock (s_leftBehind)
        {
            s_leftBehind.Remove(late);
        }

        Volatile.Write(ref _late, null);
        return true;
    }

    private async Task<ZeroResult> RunAloneAsync(TimeSpan deadline)
    {
        using CancellationTokenSource stop = new(deadline);
        if (_late is { } late)
        {
            await Wait(late, stop.Token).ConfigureAwait(false);
            if (!TryFreeLate())
            {
                return ZeroResult.NoAnswer;
            }
        }

        ZeroAttempt attempt = new(signature, requests, shapes, gate, stop.Token);
        await Wait(attempt, stop.Token).ConfigureAwait(false);
        if (!attempt.Ended.IsCompleted)
        {
            lock (s_leftBehind)
            {
                s_leftBehind.Add(attempt);
            }

            Volatile.Write(ref _late, attempt);
            return ZeroResult.NoAnswer;
        }

        attempt.Free();
        return attempt.Ended.IsCanceled ? ZeroResult.NoAnswer : new ZeroResult(true, await attempt.Ended.ConfigureAwait(false));
    }

    private static async Task Wait(ZeroAttempt attempt, CancellationToken stop) =>
        await ((Task)attempt.Ended).WaitAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
