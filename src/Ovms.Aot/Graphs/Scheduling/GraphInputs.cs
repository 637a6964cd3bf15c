using Ovms.Graphs.Packets;
using Ovms.Status;

namespace Ovms.Graphs.Scheduling;

/// <summary>The inputs of a running graph, and the callers that wait at them. Guarded by the instance's lock.</summary>
/// <param name="plan">The plan.</param>
/// <param name="throttle">Says which inputs are held back.</param>
/// <param name="router">Brings packets to the nodes.</param>
internal sealed class GraphInputs(GraphPlan plan, Throttle throttle, StreamRouter router)
{
    private readonly Timestamp[] _bounds = new Timestamp[plan.Inputs.Length];
    private readonly Packet[] _held = new Packet[plan.Inputs.Length];
    private readonly ReusedWait[] _waits = [.. plan.Inputs.Select(static _ => new ReusedWait(resumeElsewhere: true))];
    private int _waiting;

    /// <summary>Whether nothing can come any more.</summary>
    public bool AllClosed => _waiting == 0 && Array.TrueForAll(_bounds, static bound => bound == Timestamp.Done);

    /// <summary>Whether a caller waits with a packet.</summary>
    public bool HasWaiting => _waiting > 0;

    /// <summary>Whether a caller waits at an input that is not held back.</summary>
    public bool CanAdmit
    {
        get
        {
            for (int i = 0; _waiting > 0 && i < _held.Length; i++)
            {
                if (_waits[i].IsArmed && !throttle.Holds(i))
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Opens the inputs for a run.</summary>
    public void Start() => Array.Fill(_bounds, Timestamp.PreStream);

    /// <summary>Whether a packet must wait.</summary>
    public bool Holds(int input) => throttle.Holds(input);

    /// <summary>Keeps a packet until the input is not held back.</summary>
    public ValueTask<Outcome> Hold(int input, Packet packet)
    {
        short token = _waits[input].Arm();
        _held[input] = packet;
        _waiting++;
        return new ValueTask<Outcome>(_waits[input], token);
    }

    /// <summary>Brings a packet into the graph; takes its reference.</summary>
    public Outcome Enter(int input, Packet packet)
    {
        if (!packet.Time.IsAllowedInStream || packet.Time < _bounds[input])
        {
            packet.Release();
            string expected = _bounds[input] == Timestamp.Done ? "none, because the input is closed"
                : _bounds[input] >= Timestamp.OneOverPostStream ? "none, because the packet before it has the last timestamp there is"
                : $"{_bounds[input]} or later";
            return Outcome.Fail(
                StatusCode.GraphAddPacketError,
                $"the packet for input \"{plan.Inputs[input].Name}\" has the timestamp {packet.Time}; expected: {expected}");
        }

        _bounds[input] = packet.Time.NextAllowed;
        return router.Send(plan.InputStreams[input], packet)
            ? Outcome.Ok
            : Outcome.Fail(
                StatusCode.GraphQueueFull, $"behind input \"{plan.Inputs[input].Name}\" wait {GraphLimits.QueuedPackets} packets");
    }

    /// <summary>Raises the bound of an input.</summary>
    public void Raise(int input, Timestamp bound)
    {
        if (bound > _bounds[input])
        {
            _bounds[input] = bound;
            router.Raise(plan.InputStreams[input], bound);
        }
    }

    /// <summary>Lets in the packets of those inputs that are no longer held back.</summary>
    /// <returns>The failure of one of them.</returns>
    public Outcome AdmitWaiting()
    {
        for (int i = 0; _waiting > 0 && i < _held.Length; i++)
        {
            if (_waits[i].IsArmed && !throttle.Holds(i))
            {
                Outcome outcome = Enter(i, Dequeue(i));
                _waits[i].Fire(outcome);
                if (!outcome.IsOk)
                {
                    return outcome;
                }
            }
        }

        return Outcome.Ok;
    }

    /// <summary>Answers all waiting callers with a failure.</summary>
    public void FailWaiting(Outcome failure)
    {
        for (int i = 0; _waiting > 0 && i < _held.Length; i++)
        {
            if (_waits[i].IsArmed)
            {
                Dequeue(i).Release();
                _waits[i].Fire(failure);
            }
        }
    }

    private Packet Dequeue(int input)
    {
        Packet packet = _held[input];
        _held[input] = default;
        _waits[input].TryDisarm();
        _waiting--;
        return packet;
    }
}
