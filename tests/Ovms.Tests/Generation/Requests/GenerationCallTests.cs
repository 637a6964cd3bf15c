using Ovms.Generation.Requests;
using Ovms.Language.Sampling;

namespace Ovms.Tests.Generation.Requests;

public sealed class GenerationCallTests
{
    [Test]
    public async Task Events_AreReadInTheirOrder_HoweverManyAreUnread()
    {
        GenerationCall call = NewCall();
        Random random = new(1);
        int written = 0;
        int read = 0;
        while (read < 10_000)
        {
            for (int i = random.Next(40); i > 0; i--)
            {
                call.Write(Token(written++));
            }

            for (int i = random.Next(45); i > 0 && call.TryRead(out TokenEvent item); i--)
            {
                await Assert.That(item.Choice.Id).IsEqualTo(read++);
            }
        }
    }

    [Test]
    public async Task Reader_IsWokenByFlushAndEnd()
    {
        GenerationCall call = NewCall();
        ValueTask<bool> wait = call.WaitAsync(CancellationToken.None);
        call.Write(Token(1));
        await Assert.That(wait.IsCompleted).IsFalse();
        call.Flush();
        await Assert.That(await wait).IsTrue();
        call.TryRead(out _);
        wait = call.WaitAsync(CancellationToken.None);
        call.Flush();
        await Assert.That(wait.IsCompleted).IsFalse();
        call.Complete();
        await Assert.That(await wait).IsFalse();
        await Assert.That(await call.WaitAsync(CancellationToken.None)).IsFalse();
    }

    [Test]
    public async Task EventsBeforeTheEnd_AreStillRead()
    {
        GenerationCall call = NewCall();
        call.Write(Token(1));
        call.Complete();
        await Assert.That(await call.WaitAsync(CancellationToken.None)).IsTrue();
        await Assert.That(call.TryRead(out _)).IsTrue();
        await Assert.That(await call.WaitAsync(CancellationToken.None)).IsFalse();
    }

    [Test]
    public async Task CancelledCall_TakesNoMoreEventsAndWakesTheEngine()
    {
        int woken = 0;
        GenerationCall call = NewCall(() => woken++);
        call.Cancel();
        call.Write(Token(1));
        await Assert.That((woken, call.IsCancelled, call.TryRead(out _))).IsEqualTo((1, true, false));
    }

    [Test]
    public async Task CallThatHasEnded_WakesNobody()
    {
        int woken = 0;
        GenerationCall call = NewCall(() => woken++);
        call.Complete();
        call.Cancel();
        await Assert.That((woken, call.IsCancelled)).IsEqualTo((0, true));
    }

    [Test]
    public async Task Token_AllocatesNothing()
    {
        GenerationCall call = NewCall();
        TokenEvent item = Token(3);
        long bytes = Allocation.Of(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                call.Write(item);
                call.Flush();
                call.TryRead(out _);
            }
        });
        await Assert.That(bytes).IsEqualTo(0);
    }

    private static GenerationCall NewCall(Action? wake = null) =>
        new(new GenerationRequest { PromptIds = [1], SamplingRules = new SamplingRules(), MaxTokens = 1 }, wake ?? (static () => { }));

    private static TokenEvent Token(int id) => TokenEvent.Of(0, new TokenChoice(id, float.NaN, default), Finish.None);
}
