using Ovms.Serving.Requests;
using Ovms.Status;

namespace Ovms.Tests.Serving.Requests;

public sealed class WaitingLineTests
{
    [Test]
    [Arguments("1 1 1", 1, 4, "0 1 2")]
    [Arguments("2 3 1", 2, 8, "0 1 2")]
    [Arguments("2 3 1", 2, 5, "0")]
    [Arguments("1 2 1", 1, 3, "0")]
    [Arguments("1 - 1", 1, 8, "0 2")]
    [Arguments("-", 1, 8, "")]
    [Arguments("1 1 1 1", 1, 2, "0")]
    public async Task Guests_AreTakenInTheirOrder_AsFarAsTheyFit(string sizes, int own, int most, string taken)
    {
        WaitingLine<string> line = new(["only"], 16);
        Outcome<string> host = await line.RentAsync(CancellationToken.None);
        string[] guests = sizes.Split(' ');
        Task<Outcome<string>>[] waiting =
        [
            .. guests.Select(size => line.RentAsync(size == "-" ? null : new Guest(int.Parse(size)), CancellationToken.None).AsTask()),
        ];
        List<WaitingLine<string>.Waiter> found = [];
        line.TakeGuests(own, most, static there => there, found);
        await Assert.That(line.Waiting).IsEqualTo(guests.Length - found.Count);
        found.ForEach(static waiter => waiter.SetResult("shared"));
        List<int> shared = [];
        for (int i = 0; i < waiting.Length; i++)
        {
            if (taken.Split(' ').Contains($"{i}"))
            {
                await Assert.That((await waiting[i]).Value).IsEqualTo("shared");
                shared.Add(i);
            }
        }

        await Assert.That(shared.Count).IsEqualTo(found.Count);

        // The others get the item, one after the other.
        line.Return(host.Value!);
        foreach (Task<Outcome<string>> left in waiting.Where((_, i) => !shared.Contains(i)))
        {
            await Assert.That((await left).Value).IsEqualTo("only");
            line.Return("only");
        }
    }

    [Test]
    public async Task CallerThatHasWaitedAlready_IsTheNext_AlsoIfTheQueueIsFull()
    {
        WaitingLine<string> line = new(["only"], 1);
        await line.RentAsync(CancellationToken.None);
        Task<Outcome<string>> waiting = line.RentAsync(CancellationToken.None).AsTask();
        await Assert.That((await line.RentAsync(CancellationToken.None)).IsOk).IsFalse();
        Task<Outcome<string>> again = line.RentAgainAsync(CancellationToken.None).AsTask();
        line.Return("only");
        await Assert.That((await again).Value).IsEqualTo("only");
        await Assert.That(waiting.IsCompleted).IsFalse();
        line.Return("only");
        await Assert.That((await waiting).Value).IsEqualTo("only");
    }

    [Test]
    public async Task GuestThatLeft_IsNotTaken_AndOneThatWasTakenDoesNotLeave()
    {
        WaitingLine<string> line = new(["only"], 16);
        await line.RentAsync(CancellationToken.None);
        using CancellationTokenSource leaving = new();
        using CancellationTokenSource late = new();
        Task<Outcome<string>> leaver = line.RentAsync(new Guest(1), leaving.Token).AsTask();
        Task<Outcome<string>> guest = line.RentAsync(new Guest(1), late.Token).AsTask();
        await leaving.CancelAsync();
        await Assert.That(async () => await leaver).Throws<OperationCanceledException>();
        List<WaitingLine<string>.Waiter> found = [];
        line.TakeGuests(1, 8, static there => there, found);
        await late.CancelAsync();
        await Assert.That((found.Count, guest.IsCompleted)).IsEqualTo((1, false));
        found[0].SetResult("shared");
        await Assert.That((await guest).Value).IsEqualTo("shared");
    }

    private sealed class Guest(int size) : LineGuest
    {
        public override int Size => size;
    }
}
