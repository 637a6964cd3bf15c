using Ovms.Tensors;

namespace Ovms.Frontends.Grpc.Transport;

/// <summary>Creates a <see cref="CallEnd"/> for each call, from a pool.</summary>
internal sealed class CallEnds
{
    private readonly Recycled<CallEnd> _idle;

    /// <summary>Starts with an empty pool.</summary>
    public CallEnds()
    {
        WaitingCalls waiting = new();
        _idle = new Recycled<CallEnd>(home => new CallEnd(home, waiting));
    }

    /// <summary>Rents a CallEnd and starts the call's deadline.</summary>
    public CallEnd Of(HttpContext call)
    {
        CallEnd end = _idle.Rent();
        end.Begin(call);
        return end;
    }
}
