using Ovms.Serving;

namespace Ovms.Tests.Serving;

public sealed class AnswersUnderwayTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Test]
    public async Task None_IsNotWaitedFor()
    {
        AnswersUnderway answers = new();
        answers.Begin().Dispose();
        await Assert.That(await answers.EndWithinAsync(TimeSpan.Zero)).IsTrue();
    }

    [Test]
    public async Task WaitEndsWithTheLastOne()
    {
        AnswersUnderway answers = new();
        IDisposable first = answers.Begin();
        IDisposable second = answers.Begin();
        Task<bool> waiting = answers.EndWithinAsync(s_patience);
        first.Dispose();
        first.Dispose();
        await Assert.That(waiting.IsCompleted).IsFalse();
        second.Dispose();
        await Assert.That(await waiting).IsTrue();
    }

    [Test]
    public async Task OneThatNeverEnds_IsLeftAtTheLimit()
    {
        AnswersUnderway answers = new();
        using IDisposable stalled = answers.Begin();
        await Assert.That(await answers.EndWithinAsync(TimeSpan.FromMilliseconds(1))).IsFalse();
    }
}
