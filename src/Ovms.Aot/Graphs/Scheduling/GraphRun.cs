using Ovms.Graphs.Packets;
using Ovms.Status;

namespace Ovms.Graphs.Scheduling;

/// <summary>
/// The state of one run of a graph, and the choice of its next step. Guarded by the instance's lock; calls no calculator.
/// </summary>
internal sealed class GraphRun
{
    private readonly GraphPlan _plan;
    private readonly SideTable _sides;
    private readonly NodeState[] _nodes;
    private readonly DirtySet _dirty;
    private readonly Throttle _throttle;
    private readonly StreamRouter _router;
    private readonly OutputDelivery _delivery;
    private readonly DeadlockRule _deadlocks;
    private readonly SourceOrder _sources;
    private int _unclosed;
    private bool _wishesCancel;
    private volatile bool _hasFailed;

    /// <param name="plan">The plan.</param>
    /// <param name="instance">The graph that runs.</param>
    /// <param name="sides">Its side packets.</param>
    public GraphRun(GraphPlan plan, GraphInstance instance, SideTable sides)
    {
        _plan = plan;
        _sides = sides;
        _dirty = new DirtySet(plan.Nodes.Length);
        _throttle = new Throttle(plan.RootCount);
        _nodes = [.. plan.Nodes.Select(node => new NodeState(node, instance, QueuesOf(node)))];
        _router = new StreamRouter(plan, _nodes, _dirty);
        _delivery = new OutputDelivery(plan, _router);
        _sources = new SourceOrder([.. _nodes.Where(static node => node.Plan.IsSource)], _throttle);
        _deadlocks = new DeadlockRule(plan, _nodes, _throttle);
        Inputs = new GraphInputs(plan, _throttle, _router);
    }

    /// <summary>The inputs of the graph.</summary>
    public GraphInputs Inputs { get; }

    /// <summary>Runs of nodes underway.</summary>
    public int InFlight { get; private set; }

    /// <summary>Whether there was a failure. Readable without the lock.</summary>
    public bool HasFailed => _hasFailed;

    /// <summary>The first failure; OK without one.</summary>
    public Outcome Failure { get; private set; }

    /// <summary>Whether all nodes are closed.</summary>
    public bool IsOver => _unclosed == 0 && InFlight == 0;

    /// <summary>Prepares the nodes for a new run.</summary>
    public void Begin()
    {
        _hasFailed = false;
        _wishesCancel = false;
        Failure = Outcome.Ok;
        _unclosed = _nodes.Length;
        Inputs.Start();
        _dirty.AddAll();
        foreach (NodeState node in _nodes)
        {
            node.Start(_plan.MaxQueueSize);
        }

        if (_sides.CheckInputs() is { IsOk: false } missing)
        {
            Fail(missing);
        }
    }

    /// <summary>Begins to open a node; null if the run has failed.</summary>
    public CalculatorContext? BeginOpen(int index)
    {
        if (_hasFailed)
        {
            return null;
        }

        NodeState node = _nodes[index];
        if (_sides.CheckNode(node.Plan) is { IsOk: false } missing)
        {
            Fail(node.Plan.Failure(missing));
            return null;
        }

        node.Calculator = node.Plan.Definition.Bound.Create();
        return Begin(node, RunKind.Open, Timestamp.Unstarted);
    }

    /// <summary>A run is over: its outputs are delivered once those of earlier runs of the node are.</summary>
    public void Finish(CalculatorContext context)
    {
        NodeState node = context.Node;
        context.IsComplete = true;
        if (!context.Result.IsOk)
        {
            Fail(node.Plan.Failure(context.Result));
        }
        else if (context.Kind == RunKind.Open)
        {
            node.Phase = NodePhase.Open;
        }

        while (node.TryFinish(out CalculatorContext? finished))
        {
            InFlight--;
            if (!_hasFailed && _delivery.Deliver(node, finished!) is { IsOk: false } failure)
            {
                Fail(node.Plan.Failure(failure));
            }

            if (finished!.Kind == RunKind.Close)
            {
                EndNode(node);
            }

            node.Recycle(finished);
        }

        _dirty.Add(node.Plan.Index);
    }

    /// <summary>The next step, begun; null if there is none now.</summary>
    public CalculatorContext? Next()
    {
        while (!_hasFailed)
        {
            if (Inputs.HasWaiting && Inputs.AdmitWaiting() is { IsOk: false } refused)
            {
                Fail(refused);
                break;
            }

            if (NextReady() is CalculatorContext ready)
            {
                return ready;
            }

            if (_hasFailed)
            {
                break;
            }

            if (_sources.Next() is NodeState source)
            {
                return Begin(source, RunKind.Process, Timestamp.Unstarted);
            }

            if (InFlight > 0)
            {
                return null;
            }

            if (!_deadlocks.Applies(Inputs.HasWaiting))
            {
                // Nothing can come any more: what still waits for a back edge or for a settled time is closed, upstream nodes first.
                return Inputs.AllClosed ? NextClose() : null;
            }

            if (_deadlocks.Resolve() is { IsOk: false } deadlock)
            {
                Fail(deadlock);
            }
        }

        return NextClose();
    }

    /// <summary>Takes a packet at an input of the graph.</summary>
    public void Enter(int input, Packet packet)
    {
        Outcome outcome = Inputs.Enter(input, packet);
        if (!outcome.IsOk)
        {
            Fail(outcome);
        }
    }

    /// <summary>Ends the run with a failure; the first one counts.</summary>
    public void Fail(Outcome failure)
    {
        if (_hasFailed)
        {
            return;
        }

        Failure = failure;
        _hasFailed = true;
        _wishesCancel = true;
        foreach (NodeState node in _nodes)
        {
            node.Drain();
        }

        Inputs.FailWaiting(failure);
    }

    /// <summary>Whether calculators must be told that the run ends; true once after a failure.</summary>
    public bool TakeCancelWish()
    {
        bool wish = _wishesCancel;
        _wishesCancel = false;
        return wish;
    }

    private InputQueue[] QueuesOf(PlanNode node) => [.. node.Inputs.Select(stream => new InputQueue(_throttle, _plan.Streams[stream]))];

    private CalculatorContext? NextReady()
    {
        for (int index = _dirty.TakeLast(); index >= 0; index = _dirty.TakeLast())
        {
            NodeState node = _nodes[index];
            if (node.Phase != NodePhase.Open || (node.Plan.Inputs.Length == 0 && !node.IsStopping))
            {
                continue;
            }

            InputPick pick = default;
            Readiness readiness = node.IsStopping ? Readiness.Ends : node.HasRoom ? node.Plan.Rule.Check(node, out pick) : Readiness.Waits;
            switch (readiness)
            {
                case Readiness.Runs:
                    return BeginProcess(node, pick);
                case Readiness.Ends when node.InFlight == 0:
                    return BeginClose(node);
                case Readiness.Waits when node.InFlight == 0 && node.Plan.Contract.TimestampOffset is long offset:
                    _router.RaiseAll(node, node.Plan.Rule.NextTime(node).Moved(offset));
                    break;
                case Readiness.Fails:
                    Fail(node.Plan.Failure(Outcome.Fail(StatusCode.GraphExecutionError, node.Plan.Rule.FaultOf(node))));
                    return null;
            }
        }

        return null;
    }

    private CalculatorContext BeginProcess(NodeState node, InputPick pick)
    {
        CalculatorContext context = Begin(node, RunKind.Process, pick.Time);
        node.Plan.Rule.Take(node, pick, context);
        context.SetInputBounds();

        // With room left it may run beside itself.
        _dirty.Add(node.Plan.Index);
        return context;
    }

    private CalculatorContext BeginClose(NodeState node)
    {
        node.Phase = NodePhase.Closing;
        node.Drain();
        return Begin(node, RunKind.Close, Timestamp.Done);
    }

    private CalculatorContext Begin(NodeState node, RunKind kind, Timestamp time)
    {
        InFlight++;
        return node.Begin(kind, time);
    }

    private CalculatorContext? NextClose()
    {
        foreach (NodeState node in _nodes)
        {
            if (node.InFlight > 0)
            {
                continue;
            }

            if (node.Phase == NodePhase.Open)
            {
                return BeginClose(node);
            }

            if (node.Phase == NodePhase.Unopened)
            {
                EndNode(node);
            }
        }

        return null;
    }

    private void EndNode(NodeState node)
    {
        node.Phase = NodePhase.Closed;
        node.Calculator = null;
        _unclosed--;
        if (!_hasFailed)
        {
            _router.RaiseAll(node, Timestamp.Done);
        }
    }
}
