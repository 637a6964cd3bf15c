using System.Net;
using Microsoft.AspNetCore.Connections;
using Ovms.Frontends.Connections;

namespace Ovms.Tests.Frontends.Connections;

public sealed class ConnectionPlacesTests
{
    private readonly Clock _clock = new();

    [Test]
    public async Task IdleConnections_MakeRoomTheOldestFirstAndThoseThatNeverAskedBefore()
    {
        Places places = Make(new() { Places = 5, PerAddress = 0 });
        Caller asked = places.Come("10.0.0.1");
        asked.Call();
        Caller first = places.Come("10.0.0.2");
        Caller second = places.Come("10.0.0.3");
        Caller busy = places.Come("10.0.0.4");
        busy.Open.TryBegin(isForHealth: false);

        // Of five places, four are ordinary and one is reserved for health requests.
        _clock.Advance(TimeSpan.FromSeconds(2));
        Caller coming = places.Come("10.0.0.5");
        await Assert.That(coming.End).IsEqualTo(ConnectionEnd.None);
        await Assert.That((first.IsClosed, second.IsClosed, asked.IsClosed)).IsEqualTo((true, false, false));
        places.Come("10.0.0.6");
        await Assert.That((second.IsClosed, asked.IsClosed)).IsEqualTo((true, false));

        // The new connection has had no time to send a request, so the one whose last request is older goes first.
        places.Come("10.0.0.7");
        await Assert.That((coming.IsClosed, busy.IsClosed, asked.IsClosed)).IsEqualTo((false, false, true));
        await Assert.That(places.All.Ended(ConnectionEnd.Idle)).IsEqualTo(3);
    }

    [Test]
    public async Task WhereAllAreInUse_OnlyHealthIsLetIn()
    {
        Places places = Make(new() { Places = 4, PerAddress = 0 });
        Caller[] busy = [places.Come("10.0.0.1"), places.Come("10.0.0.2"), places.Come("10.0.0.3")];
        Array.ForEach(busy, static caller => caller.Open.TryBegin(isForHealth: false));

        Caller probe = places.Come("10.0.0.4");
        await Assert.That(probe.End).IsEqualTo(ConnectionEnd.None);
        await Assert.That(probe.Open.TryBegin(isForHealth: true)).IsTrue();
        probe.Open.End();
        await Assert.That(probe.Open.TryBegin(isForHealth: false)).IsFalse();
        probe.Open.End();

        // The next probe is admitted whatever the one before does: no caller can occupy the health places.
        probe.Open.TryBegin(isForHealth: true);
        await Assert.That(places.Come("10.0.0.5").Open.TryBegin(isForHealth: true)).IsTrue();
        await Assert.That(probe.IsClosed).IsTrue();

        // When a place is free, the connection becomes an ordinary one.
        Caller next = places.Come("10.0.0.6");
        busy[0].Leave();
        await Assert.That(next.Open.TryBegin(isForHealth: false)).IsTrue();
    }

    [Test]
    public async Task UnixSockets_HavePlacesThatNoAddressTakes()
    {
        Places places = Make(new() { Places = 6, PerAddress = 0, LocalPlaces = 2 });
        for (int i = 0; i < 20; i++)
        {
            places.Come($"10.0.0.{i}").Open.TryBegin(isForHealth: false);
        }

        await Assert.That(places.Come(null).End).IsEqualTo(ConnectionEnd.None);
        Caller second = places.Come(null);
        await Assert.That(second.Open.TryBegin(isForHealth: false)).IsTrue();
    }

    [Test]
    public async Task OneAddress_MakesRoomAmongItsOwn()
    {
        Places places = Make(new() { Places = 100, PerAddress = 3 });
        Caller other = places.Come("10.0.0.1");
        Caller[] own = [places.Come("fe80:1:2:3::1"), places.Come("fe80:1:2:3::2"), places.Come("fe80:1:2:3:ffff::3")];
        await Assert.That(places.Come("fe80:1:2:3::4").End).IsEqualTo(ConnectionEnd.None);
        await Assert.That((own[0].IsClosed, other.IsClosed)).IsEqualTo((true, false));
    }

    [Test]
    public async Task WithoutARequestInTime_AConnectionIsClosed()
    {
        Places places = Make(new() { Places = 100, PerAddress = 0, FirstRequest = TimeSpan.FromSeconds(30) });
        Caller silent = places.Come("10.0.0.1");
        Caller asked = places.Come("10.0.0.1");
        asked.Call();
        _clock.Advance(TimeSpan.FromSeconds(29));
        places.All.Sweep();
        await Assert.That(silent.IsClosed).IsFalse();
        _clock.Advance(TimeSpan.FromSeconds(2));
        places.All.Sweep();
        await Assert.That((silent.IsClosed, asked.IsClosed)).IsEqualTo((true, false));
        await Assert.That(places.All.Ended(ConnectionEnd.NoRequest)).IsEqualTo(1);
    }

    [Test]
    public async Task ResetsOverTheBudget_EndTheConnectionOfWhoResetsMoreThanItWants()
    {
        Places places = Make(new() { Places = 100, PerAddress = 0, ResetsPerConnection = 10 });
        Caller flood = places.Come("10.0.0.1");
        Caller picky = places.Come("10.0.0.2");
        Caller slow = places.Come("10.0.0.3");
        for (int i = 0; i < 11; i++)
        {
            flood.Open.Saw(streams: 1, resets: 1);
            picky.Open.Saw(streams: 3, resets: 1);
            slow.Open.Saw(streams: 1, resets: 1);
            if (i == 5)
            {
                await Assert.That(flood.Open.IsEnding).IsFalse();
                _clock.Advance(TimeSpan.FromSeconds(5));
            }
        }

        await Assert.That((flood.Open.IsEnding, picky.Open.IsEnding, slow.Open.IsEnding)).IsEqualTo((true, false, true));

        Caller patient = places.Come("10.0.0.4");
        for (int i = 0; i < 100; i++)
        {
            patient.Open.Saw(streams: 1, resets: 1);
            _clock.Advance(TimeSpan.FromSeconds(1.5));
        }

        await Assert.That(patient.Open.IsEnding).IsFalse();
    }

    [Test]
    public async Task ManyConnectionsOfOneAddress_ShareABudget()
    {
        Places places = Make(new() { Places = 1000, PerAddress = 0, ResetsPerConnection = 100 });
        Caller bystander = places.Come("10.0.0.1");
        int resets = 0;
        while (resets < 10_000)
        {
            Caller one = places.Come("10.0.0.1");
            for (int i = 0; i < 90 && !one.Open.IsEnding; i++, resets++)
            {
                one.Open.Saw(streams: 1, resets: 1);
            }

            if (one.Open.IsEnding)
            {
                break;
            }
        }

        bystander.Open.Saw(streams: 1, resets: 0);
        await Assert.That(resets).IsBetween(500, 600);
        await Assert.That(bystander.Open.IsEnding).IsFalse();
    }

    private Places Make(ConnectionLimits limits) => new(new ConnectionPlaces(limits, _clock), _clock);

    private sealed record Places(ConnectionPlaces All, Clock Clock)
    {
        public Caller Come(string? address)
        {
            Clock.Advance(TimeSpan.FromMilliseconds(1));
            DefaultConnectionContext context = new($"{address}");
            context.Transport = new Duplex(new System.IO.Pipelines.Pipe());
            OpenConnection open = new(All, context, address is null ? null : All.Of(IPAddress.Parse(address)));
            return new Caller(All, open, context, All.Admit(open));
        }
    }

    private sealed record Duplex(System.IO.Pipelines.Pipe Pipe) : System.IO.Pipelines.IDuplexPipe
    {
        public System.IO.Pipelines.PipeReader Input => Pipe.Reader;

        public System.IO.Pipelines.PipeWriter Output => Pipe.Writer;
    }

    private sealed record Caller(ConnectionPlaces Places, OpenConnection Open, ConnectionContext Context, ConnectionEnd End)
    {
        public bool IsClosed => Open.ClosingSince != 0;

        public void Call()
        {
            Open.TryBegin(isForHealth: false);
            Open.End();
        }

        public void Leave() => Places.Leave(Open);
    }

    private sealed class Clock : TimeProvider
    {
        private long _ticks = TimeSpan.TicksPerHour;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan by) => _ticks += by.Ticks;
    }
}
