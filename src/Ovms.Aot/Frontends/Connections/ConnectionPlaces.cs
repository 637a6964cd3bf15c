using System.Net;

namespace Ovms.Frontends.Connections;

/// <summary>
/// Admits connections to a limited number of places, some reserved for unix sockets and some for health requests. When none is free, the
/// longest idle connection is closed; connections that never sent a request go first.
/// </summary>
internal sealed class ConnectionPlaces(ConnectionLimits limits, TimeProvider time)
{
    // From a request to close to the abort; HTTP/2's GOAWAY takes less.
    private const long ClosingMilliseconds = 1000;

    // A new connection has this long to send its first request before it goes first.
    private const long ComingMilliseconds = 1000;

    // While its address is over budget, a connection may use 1/100 of its own. New connections are still admitted: others may share the
    // address.
    private const int ShareOfFlood = 100;

    private readonly Lock _lock = new();
    private readonly HashSet<OpenConnection> _open = [];
    private readonly Dictionary<IPAddress, CallerAddress> _addresses = [];
    private readonly long[] _ended = new long[Enum.GetValues<ConnectionEnd>().Length];
    private int _local;
    private int _ordinary;
    private int _healthOnly;
    private long _refusedRequests;

    /// <summary>The limits.</summary>
    public ConnectionLimits Limits => limits;

    /// <summary>The current time in milliseconds, on the clock that measures idle times.</summary>
    public long Now => (long)time.GetElapsedTime(0).TotalMilliseconds;

    /// <summary>Open connections.</summary>
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

    /// <summary>Requests rejected because their connection was admitted for health requests only.</summary>
    public long RefusedRequests => Interlocked.Read(ref _refusedRequests);

    /// <summary>How many connections were rejected or closed for a reason.</summary>
    public long Ended(ConnectionEnd why) => Interlocked.Read(ref _ended[(int)why]);

    /// <summary>The counters of an address; the caller must then call <see cref="Admit"/>.</summary>
    public CallerAddress Of(IPAddress address)
    {
        IPAddress key = CallerAddress.KeyOf(address);
        lock (_lock)
        {
            return _addresses.TryGetValue(key, out CallerAddress? known) ? known : _addresses[key] = new CallerAddress(key);
        }
    }

    /// <summary>Admits or rejects a connection. The caller must <see cref="Leave"/> an admitted one.</summary>
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

    /// <summary>Removes a connection that ended.</summary>
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

    /// <summary>Moves a health-only connection to an ordinary place, if one is free by now.</summary>
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

    /// <summary>Counts streams and resets; returns whether the connection must end for them.</summary>
    public bool IsOverBudget(RecentResets own, RecentResets? address, int streams, int resets)
    {
        long now = resets > 0 ? Now : 0;
        bool isOver = own.Add(streams, resets, limits.ResetsPerConnection, now);
        bool isAddressOver = address?.Add(streams, resets, limits.ResetsPerAddress, now) == true;

        return isOver || (isAddressOver && own.IsOver(Math.Max(1, limits.ResetsPerConnection / ShareOfFlood), now));
    }

    /// <summary>Counts and marks a connection that ends because it is over budget.</summary>
    public void EndForResets(OpenConnection connection)
    {
        Count(ConnectionEnd.Resets);
        lock (_lock)
        {
            MarkClosing(connection);
        }
    }

    /// <summary>Closes overdue connections and drops unused addresses. Call it about once a second.</summary>
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
                else if (limits.FirstRequest > TimeSpan.Zero
                    && !connection.HasCalled
                    && now - connection.IdleSince > limits.FirstRequest.TotalMilliseconds
                    && connection.TryRetire())
                {
                    GivePlace(connection);
                    MarkClosing(connection);
                    late.Add(connection);
                }
            }

            foreach (CallerAddress address in _addresses.Values
                .Where(address => address.Open == 0
                    && !address.Resets.IsOver(limits.ResetsPerAddress, now)
                    && !address.Idle.IsOver(limits.ResetsPerAddress, now))
                .ToArray())
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

    /// <summary>Whether an address has as many connections as it may have.</summary>
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
        if (HasOrdinary(address)
            || MakeRoom(
                one => !one.IsHealthOnly && one.Address is { } other && (other == address || full == ConnectionEnd.Full), ref idle))
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

    // Scans all connections: only a caller that opens one too many pays for it, about as much as a connection costs anyway.
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

        // A call may have begun on it just now: then no place can be freed this time.
        if (oldest is null || (!oldest.TryRetire() && mustBeIdle))
        {
            return false;
        }

        GivePlace(oldest);
        MarkClosing(oldest);
        idle = oldest;
        return true;
    }

    // A connection that has just begun has had no time to send a request.
    private static (bool MayYetCall, long IdleSince) Rank(OpenConnection one, long now) =>
        (one.HasCalled || now - one.IdleSince < ComingMilliseconds, one.IdleSince);

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
