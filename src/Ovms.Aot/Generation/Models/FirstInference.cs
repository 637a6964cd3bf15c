using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Ovms.Generation.Steps;
using Ovms.Native;
using Ovms.Status;

namespace Ovms.Generation.Models;

/// <summary>The first inference of a model: it makes its kernels, and shows a model that cannot compute before it is published.</summary>
internal static class FirstInference
{
    // Models whose device does not answer: not to be collected, because that would free what it uses.
    private static readonly ConcurrentBag<IStepRunner> s_leftBehind = [];

    /// <summary>Computes a few tokens. Blocks.</summary>
    /// <param name="runner">The model; disposed if it cannot compute, left behind if it does not end.</param>
    /// <param name="limit">How long it may take; null for as long as it takes, as on the CPU, which never hangs.</param>
    /// <returns>Ok, or why the model cannot be served.</returns>
    public static Outcome Run(IStepRunner runner, TimeSpan? limit)
    {
        Outcome<float[][]> rows = default;
        if (limit is { } longest)
        {
            // A thread that hangs in the device's driver is lost.
            ExceptionDispatchInfo? surprise = null;
            Thread thread = new(() => surprise = Catch(() => rows = Compute(runner))) { IsBackground = true, Name = "first inference" };
            thread.Start();
            if (!thread.Join(longest))
            {
                s_leftBehind.Add(runner);
                return Outcome.Fail(StatusCode.DeviceFailed, $"a first inference did not end within {longest.TotalSeconds:0.#} s");
            }

            surprise?.Throw();
        }
        else
        {
            rows = Compute(runner);
        }

        if (rows.IsOk && LaneProbe.AreFinite(rows.Value))
            return Outcome.Ok;
        runner.Dispose();
        return Outcome.Fail(StatusCode.ModelNotLoaded, rows.IsOk ? "the model computes logits that are no finite numbers" : rows.Detail);
    }

    // An exception on a thread of its own would end the process.
    private static ExceptionDispatchInfo? Catch(Action work)
    {
        try
        {
            work();
            return null;
        }
        catch (Exception surprise)
        {
            return ExceptionDispatchInfo.Capture(surprise);
        }
    }

    private static Outcome<float[][]> Compute(IStepRunner runner)
    {
        try
        {
            return LaneProbe.Shortly(runner);
        }
        catch (OpenVinoException e)
        {
            return Outcome.Fail(StatusCode.InternalInferenceError, e.Said);
        }
    }
}
