using System.Collections.Concurrent;
using System.Diagnostics;
using Ovms.Native.Interop;

namespace Ovms.Native;

/// <summary>
/// Work in OpenVINO on a thread of its own, which may be lost without the process: plugins of devices other than the CPU throw in
/// destructors when their device fails, and C++ ends the process at that.
/// </summary>
/// <remarks>
/// Where the C++ library has no such means (Windows), the work runs on the caller's thread, unguarded. The first use sets the process's
/// handler of <c>std::terminate</c>; users of the CPU alone never use it.
/// </remarks>
public sealed class GuardedCall
{
    // How long work that was running may take yet after one of OpenVINO's own threads was stopped, for which it perhaps waits.
    private static readonly TimeSpan s_afterStray = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);

    // What broken work holds is not to be collected: finalizers would free it.
    private static readonly ConcurrentBag<GuardedCall> s_lost = [];

    private static int s_unanswered;

    private readonly TaskCompletionSource<GuardedEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action _work;

    private GuardedCall(Action work) => _work = work;

    /// <summary>
    /// Number of threads that the process has lost so: OpenVINO's own included, and those without an answer until they end.
    /// </summary>
    public static int LostThreads => TerminateHandler.Stopped + Volatile.Read(ref s_unanswered);

    /// <summary>Sets what is called, on a thread of the pool, when one of OpenVINO's own threads was lost.</summary>
    public static void OnStrayThread(Action tell) => TerminateHandler.OnStray = tell;

    /// <summary>Does the work; an exception of it is thrown here. Within another guarded call it is part of that one.</summary>
    /// <param name="work">The work. It must hold no lock of managed code while it is in OpenVINO.</param>
    /// <param name="limit">How long it may take; null for as long as it takes.</param>
    public static async Task<GuardedEnd> RunAsync(Action work, TimeSpan? limit = null)
    {
        ArgumentNullException.ThrowIfNull(work);
        if (TerminateHandler.IsInCall || !TerminateHandler.TrySet())
        {
            work();
            return GuardedEnd.Done;
        }

        GuardedCall call = new(work);
        new Thread(call.Work) { IsBackground = true, Name = "device" }.Start();
        GuardedEnd end = await call.WaitAsync(limit).ConfigureAwait(false);
        if (end != GuardedEnd.Done)
            s_lost.Add(call);
        if (end == GuardedEnd.NoAnswer)
        {
            Interlocked.Increment(ref s_unanswered);
            _ = call._ended.Task.ContinueWith(
                static late =>
                {
                    _ = late.Exception;
                    Interlocked.Decrement(ref s_unanswered);
                },
                TaskScheduler.Default);
        }

        return end;
    }

    /// <summary>The thread has stopped. Called by that thread, from within C++.</summary>
    internal void Break() => _ended.TrySetResult(GuardedEnd.Broken);

    private void Work()
    {
        TerminateHandler.Enter(this);
        try
        {
            _work();
            _ended.TrySetResult(GuardedEnd.Done);
        }
        catch (Exception failure)
        {
            _ended.TrySetException(failure);
        }
    }

    private async Task<GuardedEnd> WaitAsync(TimeSpan? limit)
    {
        TimeSpan? left = limit;
        int strays = TerminateHandler.Strays;
        while (true)
        {
            TimeSpan pause = left is { } most && most < s_look ? most : s_look;
            long began = Stopwatch.GetTimestamp();
            using (CancellationTokenSource stop = new())
            {
                await Task.WhenAny(_ended.Task, Task.Delay(pause, stop.Token)).ConfigureAwait(false);
                await stop.CancelAsync().ConfigureAwait(false);
            }

            if (_ended.Task.IsCompleted)
                return await _ended.Task.ConfigureAwait(false);
            left -= Stopwatch.GetElapsedTime(began);
            if (TerminateHandler.Strays != strays)
            {
                strays = TerminateHandler.Strays;
                left = left < s_afterStray ? left : s_afterStray;
            }

            if (left <= TimeSpan.Zero)
                return GuardedEnd.NoAnswer;
        }
    }
}
