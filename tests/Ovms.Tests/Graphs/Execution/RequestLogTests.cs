using Ovms.Graphs.Execution;
using Ovms.Graphs.Packets;

namespace Ovms.Tests.Graphs.Execution;

/// <summary>Which request of a stream a packet belongs to, and when a request is over.</summary>
public sealed class RequestLogTests
{
    [Test]
    [Arguments(4, null)]
    [Arguments(5, "a")]
    [Arguments(6, "a")]
    [Arguments(10, "c")]
    [Arguments(99, "c")]
    public async Task Packet_BelongsToTheLatestRequestThatIsNotLater(long time, string? id)
    {
        RequestLog log = new(1);
        Add(log, 10, "b");
        Add(log, 5, "a");
        Add(log, 10, "c");
        await Assert.That(log.Delivered(0, new Timestamp(time), out bool isFinal)?.Id).IsEqualTo(id ?? "a");
        await Assert.That(isFinal).IsEqualTo(time is 5 or 10);
    }

    [Test]
    public async Task LastOutput_IsTheFinalOne_UnlessTheRequestWantsAnEndOfItsOwn()
    {
        RequestLog log = new(2);
        Add(log, 1, "a");
        Add(log, 2, "b", wantsEnd: true);
        List<bool> finals = [];
        foreach ((int output, long time) in ((int, long)[])[(0, 1), (0, 1), (1, 1), (0, 2), (1, 2)])
        {
            log.Delivered(output, new Timestamp(time), out bool isFinal);
            finals.Add(isFinal);
        }

        await Assert.That(finals.SequenceEqual([false, false, true, false, false])).IsTrue();
    }

    [Test]
    public async Task Request_IsOverOnceItsTimeIsSettledAtEveryOutput()
    {
        RequestLog log = new(2);
        Add(log, 1, "a");
        Add(log, 2, "b");
        Add(log, 3, "c");
        await Assert.That(log.Settle(0, new Timestamp(3))).IsNull();
        await Assert.That(string.Concat(log.Settle(1, new Timestamp(2))!.Select(static request => request.Id))).IsEqualTo("ab");
        await Assert.That(log.Settle(1, Timestamp.Max)!.Single().Id).IsEqualTo("c");
        await Assert.That(log.Settle(0, Timestamp.Max)).IsNull();

        // A packet that comes after all is the last request's.
        await Assert.That(log.Delivered(0, new Timestamp(50), out _)?.Id).IsEqualTo("c");
    }

    [Test]
    public async Task Requests_AreForgottenBeforeTheyAreTooMany()
    {
        RequestLog log = new(1);
        for (int i = 0; i < 2 * RequestLog.Most; i++)
        {
            Add(log, i, $"{i}");
        }

        await Assert.That(log.Settle(0, Timestamp.Max)!.Count).IsEqualTo(RequestLog.Most);
    }

    private static void Add(RequestLog log, long time, string id, bool wantsEnd = false) =>
        log.Add(new LoggedRequest(new Timestamp(time), id, received: 0, wantsEnd));
}
