using System.Net;

namespace Ovms.Frontends.Connections;

/// <summary>
/// Gives connections their places: some are kept for unix sockets, some for requests about health. When they run out, who is idle longest
/// makes room, before all who never asked for anything.
/// </summary>
internal sealed class ConnectionPlaces(ConnectionLimits limits, TimeProvider time)
{
    // From being asked to close to being cut off; a goodbye takes less.
    private const long ClosingMilliseconds = 1000;

    // From a connection's begin to its first request, for callers who connect in order to ask.
    private const long ComingMilliseconds = 1000;

    // What is left of a connection's budget when its address is over its own. New connections still come in: others may share the address.
    private const int ShareOfFlood = 100;

    private readonly Lock _lock = new();
    private readonly HashSet<OpenConnection> _open = [];
    private readonly Dictionary<IPAddress, CallerAddress> _addresses = [];
    private readonly long[] _ended = new long[Enum.GetValues<ConnectionEnd>().Length];
    private int _local;
    private int _ordinary;
    private int _healthOnly;
    private long _refusedRequests;

    /// <summary>The bounds.</summary>
    public ConnectionLimits Limits => limits;

    /// <summary>Milliseconds by the clock that idleness goes by.</summary>
    public long Now => (long)time.GetElapsedTime(0).TotalMilliseconds;

    /// <summary>How many are open.</summary>
    public int Open
    {
        get
        {
            lock (_lock)
            {
                return _open.Count;
            }
        }
    }

    /// <summary>Requests that were refused, since their connection was let in for health alone.</summary>
    public long RefusedRequests => Interlocked.Read(ref _refusedRequests);

    /// <summary>How many ended for a reason, were refused or closed.</summary>
    public long Ended(ConnectionEnd why) => Interlocked.Read(ref _ended[(int)why]);

    /// <summary>The counts of an address; <see cref="Admit"/> is to follow.</summary>
    public CallerAddress Of(IPAddress address)
    {
        IPAddress key = CallerAddress.KeyOf(address);
        lock (_lock)
        {
            return _addresses.TryGetValue(key, out CallerAddress? known) ? known : _addresses[key] = new CallerAddress(key);
        }
    }

    /// <summary>Lets a connection in, or not. One that is let in is to <see cref="Leave"/>.</summary>
    public ConnectionEnd Admit(OpenConnection connection)
    {
        OpenConnection? idle = null;
        ConnectionEnd refused;
        lock (_lock)
        {
            refused = Place(connection, ref idle);
            if (refused == ConnectionEnd.None)
            {
                _open.Add(connection);
            }
        }

        Count(refused);
        if (idle is not null)
        {
            Count(ConnectionEnd.Idle);
            idle.Cut("Another connection needed the place of this one, which was idle longest.");
        }

        return refused;
    }

    /// <summary>A connection ended.</summary>
    public void Leave(OpenConnection connection)
    {
        lock (_lock)
        {
            if (_open.Remove(connection))
            {
                GivePlace(connection);
            }
        }
    }

    /// <summary>A connection for health alone gets an ordinary place, if there is one by now.</summary>
    public bool TryPromote(OpenConnection connection)
    {
        lock (_lock)
        {
            if (connection.IsHealthOnly && !connection.HasGivenPlace && HasOrdinary(connection.Address))
            {
                connection.IsHealthOnly = false;
                _healthOnly--;
                _ordinary++;
            }

            _refusedRequests += connection.IsHealthOnly ? 1 : 0;
            return !connection.IsHealthOnly;
        }
    }

    /// <summary>Streams and resets are counted; whether the connection has to end for them.</summary>
    public bool IsOverBudget(RecentResets own, RecentResets? address, int streams, int resets)
    {
        long now = resets > 0 ? Now : 0;
        bool isOver = own.Add(streams, resets, limits.ResetsPerConnection, now);
        bool isAddressOver = address?.Add(streams, resets, limits.ResetsPerAddress, now) == true;

        return isOver || (isAddressOver && own.IsOver(Math.Max(1, limits.ResetsPerConnection / ShareOfFlood), now));
    }

    /// <summary>A connection ends since it is over the budget.</summary>
    public void EndForResets(OpenConnection connection)
    {
        Count(ConnectionEnd.Resets);
        lock (_lock)
        {
            MarkClosing(connection);
        }
    }

    /// <summary>Closes what is overdue and forgets addresses. To be called about once a second.</summary>
    public void Sweep()
    {
        long now = Now;
        List<OpenConnection> late = [];
        List<OpenConnection> closing = [];
        lock (_lock)
        {
            foreach (OpenConnection connection in _open)
            {
                if (connection.ClosingSince != 0)
                {
                    if (now - connection.ClosingSince > ClosingMilliseconds)
                    {
                        closing.Add(connection);
                    }
                }
                else if (limits.FirstRequest > TimeSpan.Zero && !connection.HasCalled && now - connection.IdleSince > limits.FirstRequest.TotalMilliseconds && connection.TryRetire())
                {
                    GivePlace(connection);
                    MarkClosing(connection);
                    late.Add(connection);
                }
            }

            foreach (CallerAddress address in _addresses.Values.Where(address => address.Open == 0 && !address.Resets.IsOver(limits.ResetsPerAddress, now) && !address.Idle.IsOver(limits.ResetsPerAddress, now)).ToArray())
            {
                _addresses.Remove(address.Address);
            }
        }

        foreach (OpenConnection connection in late)
        {
            Count(ConnectionEnd.NoRequest);
            connection.Cut("No request came in time (first_request_timeout_seconds).");
        }

        foreach (OpenConnection connection in closing)
        {
            connection.Cut("The connection was asked to close and did not.");
        }
    }

    /// <summary>Whether an address has all that it may have.</summary>
    public bool IsFull(CallerAddress address) => limits.PerAddress > 0 && address.Open >= limits.PerAddress;

    private ConnectionEnd Place(OpenConnection connection, ref OpenConnection? idle)
    {
        if (connection.Address is not { } address)
        {
            if (_local + _ordinary + _healthOnly >= limits.Places && !MakeRoom(static _ => true, ref idle))
            {
                return ConnectionEnd.Full;
            }

            _local++;
            return ConnectionEnd.None;
        }

        ConnectionEnd full = IsFull(address) ? ConnectionEnd.AddressFull : ConnectionEnd.Full;
        if (HasOrdinary(address) || MakeRoom(one => !one.IsHealthOnly && one.Address is { } other && (other == address || full == ConnectionEnd.Full), ref idle))
        {
            _ordinary++;
        }
        else if (_healthOnly < limits.HealthPlaces || MakeRoom(static one => one.IsHealthOnly, ref idle, mustBeIdle: false))
        {
            connection.IsHealthOnly = true;
            _healthOnly++;
        }
        else
        {
            return full;
        }

        address.Open++;
        return ConnectionEnd.None;
    }

    private bool HasOrdinary(CallerAddress? address) =>
        (address is null || !IsFull(address)) && _ordinary + Math.Max(_local, limits.LocalPlaces) < limits.Places - limits.HealthPlaces;

    // A look at every connection: only a caller who opens one more than there may be pays for it, and one such costs as much anyway.
    private bool MakeRoom(Func<OpenConnection, bool> among, ref OpenConnection? idle, bool mustBeIdle = true)
    {
        OpenConnection? oldest = null;
        long now = Now;
        foreach (OpenConnection one in _open)
        {
            if ((one.IsIdle || !mustBeIdle) && one.ClosingSince == 0 && among(one)
                && (oldest is null || Rank(one, now).CompareTo(Rank(oldest, now)) < 0))
            {
                oldest = one;
            }
        }

        // A call may have begun on it just now: then there is no room this time.
        if (oldest is null || (!oldest.TryRetire() && mustBeIdle))
        {
            return false;
        }

        GivePlace(oldest);
        MarkClosing(oldest);
        idle = oldest;
        return true;
    }

    // Who came just now has had no time to ask.
    private static (bool MayYetCall, long IdleSince) Rank(OpenConnection one, long now) => (one.HasCalled || now - one.IdleSince < ComingMilliseconds, one.IdleSince);

    private void GivePlace(OpenConnection connection)
    {
        if (connection.HasGivenPlace)
        {
            return;
        }

        connection.HasGivenPlace = true;
        if (connection.Address is not { } address)
        {
            _local--;
            return;
        }

        address.Open--;
        _ = connection.IsHealthOnly ? _healthOnly-- : _ordinary--;
    }

    private void MarkClosing(OpenConnection connection)
    {
        if (connection.ClosingSince == 0 && _open.Contains(connection))
        {
            connection.ClosingSince = Math.Max(1, Now);
        }
    }

    private void Count(ConnectionEnd why) => Interlocked.Increment(ref _ended[(int)why]);
}
