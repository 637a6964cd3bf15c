using Ovms.Serving.Draining;

namespace Ovms.Tests.Serving.Draining;

public sealed class AnswersUnderwayTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Test]
    public async Task None_IsNotWaitedFor()
    {
        AnswersUnderway answers = new();
        answers.Begin();
        answers.End();
        await Assert.That(await answers.EndWithinAsync(TimeSpan.Zero)).IsTrue();
    }

    [Test]
    public async Task WaitEndsWithTheLastOne()
    {
        AnswersUnderway answers = new();
        answers.Begin();
        answers.Begin();
        Task<bool> waiting = answers.EndWithinAsync(s_patience);
        answers.End();
        await Assert.That(waiting.IsCompleted).IsFalse();
        answers.End();
        await Assert.That(await waiting).IsTrue();
    }

    [Test]
    public async Task OneThatNeverEnds_IsLeftAtTheLimit()
    {
        AnswersUnderway answers = new();
        answers.Begin();
        await Assert.That(await answers.EndWithinAsync(TimeSpan.FromMilliseconds(1))).IsFalse();
    }
}
