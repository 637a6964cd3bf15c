using Ovms.Graphs.Packets;
using Ovms.Status;

namespace Ovms.Graphs.Scheduling;

/// <summary>
/// One running graph: of one unary call, or of one stream. Nodes run on the threads that add packets, and on those that complete the work
/// of nodes; no thread is parked. Safe for use by several threads.
/// </summary>
internal sealed class GraphInstance : GraphPump, IDisposable
{
    private static readonly Outcome s_callerLeft = Outcome.Fail(StatusCode.Cancelled, "the caller left or its deadline passed");

    private readonly GraphPlan _plan;
    private readonly ReusedWait _done = new(resumeElsewhere: false);
    private CancellationTokenRegistration _registration;
    private GraphStart? _start;
    private bool _isDisposed;

    internal GraphInstance(GraphPlan plan)
    {
        _plan = plan;
        Sides = new SideTable(plan);
        Run = new GraphRun(plan, this, Sides);
    }

    /// <summary>Whether the run ends with an error or was cancelled.</summary>
    internal bool HasFailed => Run.HasFailed;

    /// <summary>Ends with the run's first failure or cancellation.</summary>
    internal CancellationToken Ending => EndingSource.Token;

    /// <summary>The side packets.</summary>
    internal SideTable Sides { get; }

    /// <summary>The caller's object.</summary>
    internal object? Caller => _start?.Caller;

    /// <summary>Takes the outputs.</summary>
    internal IGraphObserver Observer => _start!.Observer;

    /// <summary>Opens the nodes. Returns when all are open or one failed, which ends the run.</summary>
    public async ValueTask<Outcome> StartAsync(GraphStart start)
    {
        Begin(start);
        _registration = start.Cancellation.UnsafeRegister(static state => ((GraphInstance)state!).Cancel(s_callerLeft), this);
        foreach (int node in _plan.OpenOrder)
        {
            CalculatorContext? opening;
            lock (Gate)
            {
                opening = Run.BeginOpen(node);
            }

            if (opening is null)
            {
                break;
            }

            await opening.RunToEndAsync().ConfigureAwait(false);
            lock (Gate)
            {
                Run.Finish(opening);
            }
        }

        lock (Gate)
        {
            Phase = GraphPhase.Running;
            IsPumping = true;
        }

        Pump(null);
        return Result();
    }

    /// <summary>
    /// Adds a packet and takes its reference, also on failure. Waits while the queues behind the input are full. A time that is not allowed
    /// in a stream or not later than the last one ends the run. Calls for one input must not overlap.
    /// </summary>
    /// <returns>The failure with which the run has ended, if it has.</returns>
    public ValueTask<Outcome> AddAsync(int input, Packet packet)
    {
        ValueTask<Outcome>? held = null;
        bool pumps;
        lock (Gate)
        {
            if (Phase != GraphPhase.Running || Run.HasFailed)
            {
                packet.Release();
                return new(Run.HasFailed ? Run.Failure : Outcome.Fail(StatusCode.GraphAddPacketError, "the graph does not run"));
            }

            if (Run.Inputs.Holds(input))
            {
                held = Run.Inputs.Hold(input, packet);
            }
            else
            {
                Run.Enter(input, packet);
            }

            pumps = ClaimPump();
        }

        if (pumps)
        {
            Pump(null);
        }

        return held ?? new(Result());
    }

    /// <summary>Says that no packet earlier than the bound comes at an input.</summary>
    public void SetBound(int input, Timestamp bound) => SetBounds(input, input + 1, bound);

    /// <summary>Says that no packet comes any more at an input. Calls of <see cref="AddAsync"/> for it must have returned.</summary>
    public void CloseInput(int input) => SetBound(input, Timestamp.Done);

    /// <summary>Says that no packet comes any more. When all has been processed, nodes are closed and the run ends.</summary>
    public void CloseInputs() => SetBounds(0, _plan.Inputs.Length, Timestamp.Done);

    /// <summary>Waits until nothing can run without further packets and all outputs are handed over; at once after the end.</summary>
    public ValueTask WaitIdleAsync()
    {
        lock (Gate)
        {
            return Phase == GraphPhase.Ended || (!IsPumping && Run.InFlight == 0) ? default : new ValueTask(Idle, Idle.Arm());
        }
    }

    /// <summary>
    /// Waits until all nodes are closed. Needs <see cref="CloseInputs"/>, a failure or a cancellation. One waiter at a time.
    /// </summary>
    /// <returns>The first failure: it names node, calculator and cause.</returns>
    public ValueTask<Outcome> WaitDoneAsync()
    {
        lock (Gate)
        {
            return Phase == GraphPhase.Ended ? new(Run.Failure) : new(_done, _done.Arm());
        }
    }

    /// <summary>Ends the run: no more Process, nodes are closed. The first failure of a run stays its result.</summary>
    /// <param name="reason">The result of the run; a failure.</param>
    public void Cancel(Outcome reason)
    {
        lock (Gate)
        {
            if (Phase is GraphPhase.Rented or GraphPhase.Ended || Run.HasFailed)
            {
                return;
            }

            Run.Fail(reason);
            Run.TakeCancelWish();
            Cancelling++;
        }

        SignalEnding();
        lock (Gate)
        {
            Cancelling--;
            if (!ClaimPump())
            {
                return;
            }
        }

        Pump(null);
    }

    /// <summary>Ends the run if it has not ended. The memory is used again once all nodes are closed.</summary>
    public void Dispose()
    {
        bool gone;
        lock (Gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            gone = Phase is GraphPhase.Rented or GraphPhase.Ended;
        }

        if (gone)
        {
            _plan.Return(this);
        }
        else
        {
            Cancel(Outcome.Fail(StatusCode.Cancelled, "the graph is no longer needed"));
        }
    }

    /// <summary>Makes the instance usable by whoever rented it.</summary>
    internal void BeginUse()
    {
        _isDisposed = false;
        Phase = GraphPhase.Rented;
    }

    private void Begin(GraphStart start)
    {
        lock (Gate)
        {
            if (Phase != GraphPhase.Rented)
            {
                throw new InvalidOperationException("An instance is started once between rent and return.");
            }

            Phase = GraphPhase.Starting;
            _start = start;
            Sides.Start(start.Sides);
            Run.Begin();
        }
    }

    private void SetBounds(int from, int to, Timestamp bound)
    {
        lock (Gate)
        {
            if (Phase != GraphPhase.Running)
            {
                return;
            }

            for (int i = from; i < to; i++)
            {
                Run.Inputs.Raise(i, bound);
            }

            if (!ClaimPump())
            {
                return;
            }
        }

        Pump(null);
    }

    /// <inheritdoc/>
    protected override void End()
    {
        // Waits for a cancellation underway on another thread, which therefore cannot reach the next run.
        _registration.Dispose();
        Outcome outcome;
        bool idle;
        bool done;
        bool gone;
        lock (Gate)
        {
            IsPumping = false;
            if (Cancelling > 0)
            {
                return;
            }

            Sides.Clear();
            _start = null;
            if (!EndingSource.TryReset())
            {
                EndingSource.Dispose();
                EndingSource = new CancellationTokenSource();
            }

            outcome = Run.Failure;
            Phase = GraphPhase.Ended;
            idle = Idle.TryDisarm();
            done = _done.TryDisarm();
            gone = _isDisposed;
        }

        if (idle)
        {
            Idle.Fire(Outcome.Ok);
        }

        if (done)
        {
            _done.Fire(outcome);
        }

        if (gone)
        {
            _plan.Return(this);
        }
    }

    private Outcome Result()
    {
        lock (Gate)
        {
            return Run.Failure;
        }
    }
}
