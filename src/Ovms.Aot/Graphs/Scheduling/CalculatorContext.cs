using System.Diagnostics;
using Ovms.Graphs.Packets;
using Ovms.Status;

namespace Ovms.Graphs.Scheduling;

/// <summary>
/// One call of a calculator: its inputs, and the place for its outputs. Valid until the task of the call is complete; not thread-safe.
/// Ports are named by their position in <see cref="NodePorts"/>.
/// </summary>
internal sealed class CalculatorContext : IThreadPoolWorkItem
{
    private readonly GraphInstance _instance;
    private readonly Packet[] _inputs;
    private readonly Timestamp[] _inputBounds;
    private readonly Timestamp[] _bounds;
    private readonly List<EmittedPacket> _emitted = [];
    private ValueTask<Outcome> _task;
    private Action? _onCompleted;
    private long _began;

    internal CalculatorContext(GraphInstance instance, NodeState node)
    {
        _instance = instance;
        Node = node;
        _inputs = new Packet[node.Plan.Inputs.Length];
        _inputBounds = new Timestamp[node.Plan.Contract.ProcessesBounds ? _inputs.Length : 0];
        _bounds = new Timestamp[node.Plan.Outputs.Length];
        Array.Fill(_bounds, Timestamp.Unset);
    }

    /// <summary>The node's name in the graph.</summary>
    public string NodeName => Node.Plan.Definition.Name;

    /// <summary>The time of this run: Unstarted in Open and in nodes without inputs, Done in Close.</summary>
    public Timestamp Time { get; private set; }

    /// <summary>In Close: whether the graph ends with an error or was cancelled. Packets written then are dropped.</summary>
    public bool HasFailed => _instance.HasFailed;

    /// <summary>Ends when the graph's caller leaves, its deadline passes, or another node fails.</summary>
    public CancellationToken Cancellation => _instance.Ending;

    /// <summary>
    /// The caller's object of this run, given at the start: what calculators of the server need of the call; null if none was given.
    /// </summary>
    public object? Caller => _instance.Caller;

    /// <summary>Number of inputs.</summary>
    public int InputCount => _inputs.Length;

    /// <summary>Number of outputs.</summary>
    public int OutputCount => _bounds.Length;

    /// <summary>Whether the node has an input of that position and it has a packet.</summary>
    public bool HasInput(int input) => input >= 0 && !_inputs[input].IsEmpty;

    /// <summary>
    /// The packet at an input, borrowed for this call; empty if the stream has none at this time. To keep or write it, share it.
    /// </summary>
    public Packet Input(int input) => _inputs[input];

    /// <summary>
    /// The smallest time that a later packet at an input may have, seen from this run. Only for a calculator that processes bounds.
    /// </summary>
    public Timestamp InputBound(int input) => _inputBounds[input];

    /// <summary>Writes a packet. The graph takes its reference. Times at an output must increase, and not fall below its bound.</summary>
    public void Emit(int output, Packet packet)
    {
        Debug.Assert(!packet.IsEmpty, "An output without a packet is advanced by its bound.");
        _emitted.Add(new EmittedPacket(output, packet));
    }

    /// <summary>
    /// Promises that no packet earlier than the bound will be written from the next run on. A bound below the present one has no effect.
    /// </summary>
    public void SetBound(int output, Timestamp bound) => _bounds[output] = Timestamp.Greatest(_bounds[output], bound);

    /// <summary>Promises that nothing more will be written to an output from the next run on.</summary>
    public void CloseOutput(int output) => SetBound(output, Timestamp.Done);

    /// <summary>The value of an input side packet, borrowed for the whole run of the graph; null if it is optional and missing.</summary>
    public object? Side(int side) => _instance.Sides[Node.Plan.InputSides[side]];

    /// <summary>The value of an input side packet with a reference of its own, which the caller owns; null if it is missing.</summary>
    public object? TakeSide(int side)
    {
        object? value = Side(side);
        (value as SharedValue)?.Retain();
        return value;
    }

    /// <summary>Sets an output side packet, each once; other nodes see it if it is set in Open. The graph takes its reference.</summary>
    public void SetSide(int side, object value) => _instance.Sides.Set(Node.Plan.OutputSides[side], value);

    /// <summary>Ends this node after the call: it is closed and gets no more inputs. This is how a node without inputs ends.</summary>
    public void Stop() => IsStopping = true;

    /// <summary>The node that runs.</summary>
    internal NodeState Node { get; }

    /// <summary>Which method runs.</summary>
    internal RunKind Kind { get; private set; }

    /// <summary>Whether the calculator called <see cref="Stop"/>.</summary>
    internal bool IsStopping { get; private set; }

    /// <summary>Whether the run is over.</summary>
    internal bool IsComplete { get; set; }

    /// <summary>How the run ended.</summary>
    internal Outcome Result { get; private set; }

    /// <summary>Whether the run needs a thread of its own.</summary>
    internal bool RunsLong => Kind == RunKind.Process && Node.Plan.Contract.RunsLong;

    /// <summary>The packets written, in order.</summary>
    internal List<EmittedPacket> Emitted => _emitted;

    /// <summary>Takes the graph's outputs.</summary>
    internal IGraphObserver Observer => _instance.Observer;

    /// <summary>Begins a run.</summary>
    internal void Begin(RunKind kind, Timestamp time)
    {
        Kind = kind;
        Time = time;
    }

    /// <summary>Gives the run a packet, with its reference.</summary>
    internal void SetInput(int input, Packet packet) => _inputs[input] = packet;

    /// <summary>Notes what may still come after this run.</summary>
    internal void SetInputBounds()
    {
        for (int i = 0; i < _inputBounds.Length; i++)
        {
            _inputBounds[i] = Node.Inputs[i].HeadOrBound;
        }
    }

    /// <summary>The bound that the run has set at an output; Unset for none.</summary>
    internal Timestamp BoundOf(int output) => _bounds[output];

    /// <summary>Calls the calculator.</summary>
    /// <returns>Whether the run is over; if not, the instance is told when it is, maybe before this returns.</returns>
    internal bool Run()
    {
        _began = Kind == RunKind.Process && Observer.Measures ? Stopwatch.GetTimestamp() : 0;
        try
        {
            ValueTask<Outcome> task = Call();
            if (!task.IsCompleted)
            {
                _task = task;
                task.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(_onCompleted ??= OnCompleted);
                return false;
            }

            Result = task.GetAwaiter().GetResult();
        }
        catch (Exception exception)
        {
            Result = Failure(exception);
        }

        Measure();
        return true;
    }

    /// <summary>Calls the calculator and waits for it.</summary>
    internal async ValueTask RunToEndAsync()
    {
        try
        {
            Result = await Call().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Result = Failure(exception);
        }
    }

    /// <summary>Runs on a thread of the pool.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        if (Run())
        {
            _instance.OnRunCompleted(this);
        }
    }

    /// <summary>Releases what the run has read and not delivered.</summary>
    internal void Clear()
    {
        for (int i = 0; i < _inputs.Length; i++)
        {
            _inputs[i].Release();
            _inputs[i] = default;
        }

        foreach (EmittedPacket emitted in _emitted)
        {
            emitted.Packet.Release();
        }

        _emitted.Clear();
        Array.Fill(_bounds, Timestamp.Unset);
        _task = default;
        Result = Outcome.Ok;
        IsComplete = IsStopping = false;
    }

    private ValueTask<Outcome> Call() => Kind switch
    {
        RunKind.Open => Node.Calculator!.OpenAsync(this),
        RunKind.Process => Node.Calculator!.ProcessAsync(this),
        _ => Node.Calculator!.CloseAsync(this),
    };

    private void OnCompleted()
    {
        try
        {
            Result = _task.GetAwaiter().GetResult();
        }
        catch (Exception exception)
        {
            Result = Failure(exception);
        }

        Measure();
        _instance.OnRunCompleted(this);
    }

    private void Measure()
    {
        if (_began != 0)
        {
            Observer.OnRun(NodeName, _began);
        }
    }

    private static Outcome Failure(Exception exception) => exception switch
    {
        OvmsException known => known.Outcome,
        OperationCanceledException => Outcome.Fail(StatusCode.Cancelled),
        _ => Outcome.Fail(StatusCode.InternalError, $"{exception.GetType().Name}: {exception.Message}"),
    };
}
