using Microsoft.AspNetCore.Server.Kestrel.Core;
using Ovms.Status;

namespace Ovms.Frontends;

/// <summary>
/// Accounts for the bytes that a front end holds for its calls, from a request's first byte to the response's last. What exceeds the limit
/// is rejected at once: waiting would not help, since its bytes have already arrived. Each connection has a sub-account, so that one
/// caller cannot take all memory.
/// </summary>
internal sealed class RequestMemory
{
    private readonly RequestMemory? _frontEnd;
    private readonly long _limit;
    private readonly long _connectionLimit;
    private readonly string _name;
    private long _taken;

    /// <summary>The account of a front end.</summary>
    /// <param name="limit">Bytes; 0 for no limit.</param>
    /// <param name="name">The option that sets the limit, for the message.</param>
    /// <param name="connectionPercent">Percentage of the limit that one connection may hold; 0 for no limit.</param>
    public RequestMemory(ulong limit, string name, uint connectionPercent = 0)
    {
        _limit = limit == 0 ? long.MaxValue : (long)Math.Min(limit, long.MaxValue);
        _name = name;
        _connectionLimit = limit == 0 || connectionPercent is 0 or >= 100
            ? long.MaxValue
            : (long)((UInt128)_limit * connectionPercent / 100);
    }

    private RequestMemory(RequestMemory frontEnd)
    {
        _frontEnd = frontEnd;
        _limit = frontEnd._connectionLimit;
        _connectionLimit = _limit;
        _name = $"connection_memory_percent of {frontEnd._name}";
    }

    /// <summary>Bytes held now.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>An account for one connection; its bytes count in the front end's account, too.</summary>
    public RequestMemory ForConnection() => new(this);

    /// <summary>Gives each connection of a listener its own account.</summary>
    public void Watch(ListenOptions listener) =>
        listener.Use(next => connection =>
        {
            connection.Features.Set(ForConnection());
            return next(connection);
        });

    /// <summary>The account of the connection that a call came over.</summary>
    public RequestMemory For(HttpContext call) => call.Features.Get<RequestMemory>() ?? this;

    /// <summary>Counts bytes in, or returns why they are rejected.</summary>
    public Outcome TryTake(long bytes)
    {
        // Checked before it is added: a request that does not fit must not make others fail meanwhile.
        for (long taken = Taken, seen; ; taken = seen)
        {
            if (bytes > _limit - taken)
            {
                return Full(bytes, taken);
            }

            seen = Interlocked.CompareExchange(ref _taken, taken + bytes, taken);
            if (seen == taken)
            {
                break;
            }
        }

        Outcome above = _frontEnd is null ? Outcome.Ok : _frontEnd.TryTake(bytes);
        if (!above.IsOk)
        {
            Interlocked.Add(ref _taken, -bytes);
        }

        return above;
    }

    /// <summary>Counts bytes in that are already allocated; never rejects them.</summary>
    public void Take(long bytes)
    {
        Interlocked.Add(ref _taken, bytes);
        _frontEnd?.Take(bytes);
    }

    /// <summary>Counts bytes out.</summary>
    public void Return(long bytes)
    {
        Interlocked.Add(ref _taken, -bytes);
        _frontEnd?.Return(bytes);
    }

    private Outcome Full(long bytes, long taken) => Outcome.Fail(
        StatusCode.OutOfMemory,
        bytes > _limit
            ? $"{bytes} bytes are needed and {_limit} may be held ({_name}); send less at once or raise the limit"
            : _frontEnd is null
            ? $"{bytes} bytes more are needed, calls in flight hold {taken} of {_limit} ({_name}); try again later or raise the limit"
            : $"{bytes} bytes more are needed, calls in flight over this connection hold {taken} of {_limit} ({_name}); "
                + "try again later, use more connections or raise the limit");
}
