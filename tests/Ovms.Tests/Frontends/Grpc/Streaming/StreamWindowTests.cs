using Ovms.Frontends.Grpc.Streaming;

namespace Ovms.Tests.Frontends.Grpc.Streaming;

/// <summary>How many requests of a stream are under way.</summary>
public sealed class StreamWindowTests
{
    [Test]
    public async Task FullWindow_HoldsBackUntilOneLeaves()
    {
        StreamWindow window = new();
        await window.EnterAsync(2, 10, default);
        await window.EnterAsync(2, 10, default);
        Task third = window.EnterAsync(2, 10, default).AsTask();
        await Assert.That(third.IsCompleted).IsFalse();
        window.Leave(10);
        await third.WaitAsync(TimeSpan.FromSeconds(30));
        await Assert.That(window.Count).IsEqualTo(2);
    }

    [Test]
    public async Task ManyBytes_HoldBackAsManyRequestsDo_ButNeverALoneOne()
    {
        StreamWindow window = new();
        await window.EnterAsync(100, 3 * StreamWindow.MostBytes, default);
        Task second = window.EnterAsync(100, 1, default).AsTask();
        await Assert.That(second.IsCompleted).IsFalse();
        window.Leave(3 * StreamWindow.MostBytes);
        await second.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Test]
    public async Task Wait_EndsWithTheReading()
    {
        StreamWindow window = new();
        using CancellationTokenSource ending = new();
        await window.EnterAsync(1, 0, ending.Token);
        Task second = window.EnterAsync(1, 0, ending.Token).AsTask();
        await ending.CancelAsync();
        await Assert.That(async () => await second).Throws<OperationCanceledException>();
        await Assert.That(window.Count).IsEqualTo(1);
    }
}
