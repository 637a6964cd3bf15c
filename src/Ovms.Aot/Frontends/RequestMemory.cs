using Microsoft.AspNetCore.Server.Kestrel.Core;
using Ovms.Status;

namespace Ovms.Frontends;

/// <summary>
/// The account of a front end's memory: the bytes that it holds for its calls, from a request's first byte to the answer's last. What
/// would pass the limit is refused and does not wait, since its own bytes have already arrived. Each connection has an account of its
/// own below, so that one caller cannot hold all of it.
/// </summary>
internal sealed class RequestMemory
{
    private readonly RequestMemory? _frontEnd;
    private readonly long _limit;
    private readonly long _connectionLimit;
    private readonly string _name;
    private long _taken;

    /// <summary>A front end's account.</summary>
    /// <param name="limit">Bytes; 0 for no limit.</param>
    /// <param name="name">What the limit is called, for the message.</param>
    /// <param name="connectionPercent">How much of it one connection may hold; 0 for no limit.</param>
    public RequestMemory(ulong limit, string name, uint connectionPercent = 0)
    {
        _limit = limit == 0 ? long.MaxValue : (long)Math.Min(limit, long.MaxValue);
        _name = name;
        _connectionLimit = limit == 0 || connectionPercent is 0 or >= 100 ? long.MaxValue : (long)((UInt128)_limit * connectionPercent / 100);
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

    /// <summary>The account of one connection: what it holds counts in the front end's, too.</summary>
    public RequestMemory ForConnection() => new(this);

    /// <summary>Gives each connection of a listener an account of its own.</summary>
    public void Watch(ListenOptions listener) =>
        listener.Use(next => connection =>
        {
            connection.Features.Set(ForConnection());
            return next(connection);
        });

    /// <summary>The account of the connection that a call came over.</summary>
    public RequestMemory For(HttpContext call) => call.Features.Get<RequestMemory>() ?? this;

    /// <summary>Counts bytes in, or says why not.</summary>
    public Outcome TryTake(long bytes)
    {
        long taken = Interlocked.Add(ref _taken, bytes);
        if (taken > _limit)
        {
            Interlocked.Add(ref _taken, -bytes);
            return Full(bytes, taken - bytes);
        }

        Outcome above = _frontEnd is null ? Outcome.Ok : _frontEnd.TryTake(bytes);
        if (!above.IsOk)
        {
            Interlocked.Add(ref _taken, -bytes);
        }

        return above;
    }

    /// <summary>Counts bytes in that are there already.</summary>
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
            : $"{bytes} bytes more are needed, calls in flight over this connection hold {taken} of {_limit} ({_name}); try again later, use more connections or raise the limit");
}
