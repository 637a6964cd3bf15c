using System.Diagnostics;
using Ovms.Graphs.Packets;

namespace Ovms.Graphs.Scheduling;

/// <summary>A node in a running graph: its queues and its runs in flight. Guarded by the instance's lock.</summary>
internal sealed class NodeState
{
    private readonly GraphInstance _instance;
    private readonly Queue<CalculatorContext> _underway = new();
    private readonly Stack<CalculatorContext> _spare = new();

    /// <param name="plan">The node.</param>
    /// <param name="instance">The graph that runs.</param>
    /// <param name="inputs">Its queues.</param>
    public NodeState(PlanNode plan, GraphInstance instance, InputQueue[] inputs)
    {
        Plan = plan;
        _instance = instance;
        Inputs = inputs;
        OutputBounds = new Timestamp[plan.Outputs.Length];
        LastTimes = new Timestamp[plan.Rule.Groups];
    }

    /// <summary>The node in the plan.</summary>
    public PlanNode Plan { get; }

    /// <summary>The code of this run; null before Open and after the run.</summary>
    public ICalculator? Calculator { get; set; }

    /// <summary>Where the node is in its life.</summary>
    public NodePhase Phase { get; set; }

    /// <summary>Whether the calculator asked to be closed.</summary>
    public bool IsStopping { get; set; }

    /// <summary>The queues of its inputs.</summary>
    public InputQueue[] Inputs { get; }

    /// <summary>For each output the smallest time that the next packet may have.</summary>
    public Timestamp[] OutputBounds { get; }

    /// <summary>The smallest time that the next packet at any output may have; Done without outputs.</summary>
    public Timestamp NextOutput
    {
        get
        {
            Timestamp next = Timestamp.Done;
            foreach (Timestamp bound in OutputBounds)
            {
                next = Timestamp.Least(next, bound);
            }

            return next;
        }
    }

    /// <summary>For each group of the rule the last time at which it ran; Done once it has run after its end.</summary>
    public Timestamp[] LastTimes { get; }

    /// <summary>Of <see cref="FixedSizeRule"/>: earlier packets are dropped.</summary>
    public Timestamp KeptFrom { get; set; }

    /// <summary>Runs underway.</summary>
    public int InFlight => _underway.Count;

    /// <summary>Whether another run may start beside those underway.</summary>
    public bool HasRoom => _underway.Count < Plan.MaxInFlight;

    /// <summary>Prepares the state for a run of the graph.</summary>
    /// <param name="queueSize">Limit of the queues.</param>
    public void Start(int queueSize)
    {
        Debug.Assert(_underway.Count == 0 && Calculator is null, "The last run has ended.");
        Phase = NodePhase.Unopened;
        IsStopping = false;
        KeptFrom = Timestamp.Unset;
        Array.Fill(OutputBounds, Timestamp.PreStream);
        Array.Fill(LastTimes, Timestamp.Unstarted);
        foreach (InputQueue queue in Inputs)
        {
            queue.Start(queueSize);
        }
    }

    /// <summary>Releases the packets that wait.</summary>
    public void Drain()
    {
        foreach (InputQueue queue in Inputs)
        {
            queue.Clear();
        }
    }

    /// <summary>Begins a run of the node, after those that are underway.</summary>
    public CalculatorContext Begin(RunKind kind, Timestamp time)
    {
        CalculatorContext context = _spare.Count > 0 ? _spare.Pop() : new CalculatorContext(_instance, this);
        context.Begin(kind, time);
        _underway.Enqueue(context);
        return context;
    }

    /// <summary>The oldest run if it is complete; runs deliver their outputs in the order in which they began.</summary>
    public bool TryFinish(out CalculatorContext? context) =>
        _underway.TryPeek(out context) && context.IsComplete && _underway.TryDequeue(out context);

    /// <summary>Takes a finished run's context back for the next one.</summary>
    public void Recycle(CalculatorContext context)
    {
        context.Clear();
        _spare.Push(context);
    }
}
