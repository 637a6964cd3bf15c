using Ovms.Tensors;

namespace Ovms.Frontends.Grpc.Transport;

/// <summary>Begins the <see cref="CallEnd"/> of each call, and keeps those of calls that are over for later ones.</summary>
internal sealed class CallEnds
{
    private readonly Recycled<CallEnd> _idle;

    /// <summary>None yet.</summary>
    public CallEnds()
    {
        WaitingCalls waiting = new();
        _idle = new Recycled<CallEnd>(home => new CallEnd(home, waiting));
    }

    /// <summary>Reads a call's deadline and watches it from now on.</summary>
    public CallEnd Of(HttpContext call)
    {
        CallEnd end = _idle.Rent();
        end.Begin(call);
        return end;
    }
}
