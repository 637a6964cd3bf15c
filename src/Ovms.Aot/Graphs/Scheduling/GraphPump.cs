using Ovms.Status;

namespace Ovms.Graphs.Scheduling;

/// <summary>
/// Runs the steps of a graph. At any time one thread at most chooses the next step, under the lock; it leaves the lock while a node runs. A
/// node that awaits something does not keep that thread: it goes on with other nodes, and the completion finishes the run later.
/// </summary>
internal abstract class GraphPump : IThreadPoolWorkItem
{
    private CalculatorContext? _handedOver;

    /// <summary>Guards all state of the instance.</summary>
    protected Lock Gate { get; } = new();

    /// <summary>The nodes, and the choice of steps.</summary>
    protected GraphRun Run { get; init; } = null!;

    /// <summary>Where the instance is in its life.</summary>
    protected GraphPhase Phase { get; set; }

    /// <summary>Whether a thread chooses steps, or will.</summary>
    protected bool IsPumping { get; set; }

    /// <summary>Callers of Cancel that tell the calculators just now.</summary>
    protected int Cancelling { get; set; }

    /// <summary>Those who wait until nothing runs.</summary>
    protected ReusedWait Idle { get; } = new(resumeElsewhere: true);

    /// <summary>Tells the calculators that the run ends.</summary>
    protected CancellationTokenSource EndingSource { get; set; } = new();

    /// <summary>A run that its starter did not wait for is over.</summary>
    internal void OnRunCompleted(CalculatorContext context)
    {
        lock (Gate)
        {
            if (!ClaimPump())
            {
                Run.Finish(context);
                return;
            }
        }

        Pump(context);
    }

    /// <summary>Goes on for a caller whose thread has done enough.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        CalculatorContext? complete = _handedOver;
        _handedOver = null;
        Pump(complete);
    }

    /// <summary>All nodes are closed. The pump is still claimed, so that nothing else happens to the instance meanwhile.</summary>
    protected abstract void End();

    /// <summary>Makes the calling thread the one that chooses steps; false if there is one. Called under the lock.</summary>
    protected bool ClaimPump()
    {
        if (IsPumping || Phase != GraphPhase.Running)
        {
            return false;
        }

        return IsPumping = true;
    }

    /// <summary>
    /// Runs what can run. The caller has claimed the pump; the thread that finds nothing to do gives it up under the same lock.
    /// </summary>
    /// <param name="complete">A run that is over and not finished yet.</param>
    protected void Pump(CalculatorContext? complete)
    {
        for (int step = 1; ; step++)
        {
            CalculatorContext? next;
            bool cancels;
            bool ends = false;
            lock (Gate)
            {
                if (complete is not null)
                {
                    Run.Finish(complete);
                    complete = null;
                }

                next = Run.Next();
                cancels = Run.TakeCancelWish();
                if (next is null && !cancels)
                {
                    ends = Run.IsOver && Cancelling == 0;
                    IsPumping = ends;
                    if (Run.InFlight == 0 && !ends && Idle.TryDisarm())
                    {
                        Idle.Fire(Outcome.Ok);
                    }
                }
            }

            if (cancels)
            {
                SignalEnding();
            }

            if (next is null)
            {
                if (cancels)
                {
                    continue;
                }

                if (ends)
                {
                    End();
                }

                return;
            }

            if (next.RunsLong)
            {
                ThreadPool.UnsafeQueueUserWorkItem(next, preferLocal: false);
            }
            else if (next.Run())
            {
                complete = next;
            }

            if (step == GraphLimits.StepsPerTurn)
            {
                _handedOver = complete;
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                return;
            }
        }
    }

    /// <summary>Tells the calculators that the run ends. Called without the lock.</summary>
    protected void SignalEnding()
    {
        try
        {
            EndingSource.Cancel();
        }
        catch (AggregateException)
        {
            // A calculator's own callback threw. The run ends anyway.
        }
    }
}
