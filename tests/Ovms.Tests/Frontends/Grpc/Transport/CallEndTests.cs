using Microsoft.AspNetCore.Http;
using Ovms.Frontends.Grpc.Transport;
using Ovms.Status;

namespace Ovms.Tests.Frontends.Grpc.Transport;

public sealed class CallEndTests
{
    private static readonly WaitingCalls s_waiting = new();

    [Test]
    [Arguments("1H", 3_600_000)]
    [Arguments("2M", 120_000)]
    [Arguments("30S", 30_000)]
    [Arguments("250m", 250)]
    [Arguments("1500u", 2)]
    [Arguments("1u", 1)]
    [Arguments("1n", 0)]
    [Arguments("99999999n", 100)]
    [Arguments("0m", 0)]
    public async Task Timeouts_AreRead(string text, int milliseconds)
    {
        await Assert.That(CallEnd.TryReadTimeout(text, out TimeSpan timeout)).IsTrue();
        await Assert.That(timeout.TotalMilliseconds).IsEqualTo(milliseconds);
    }

    [Test]
    [Arguments("")]
    [Arguments("S")]
    [Arguments("5")]
    [Arguments("-1S")]
    [Arguments("+1S")]
    [Arguments("1.5S")]
    [Arguments(" 1S")]
    [Arguments("1s")]
    [Arguments("123456789S")]
    [Arguments("99999999H")]
    public async Task WhatIsNone_IsPassedOver(string text) => await Assert.That(CallEnd.TryReadTimeout(text, out _)).IsFalse();

    [Test]
    public async Task Deadline_EndsTheCallAndIsTold()
    {
        DefaultHttpContext call = new();
        call.Request.Headers["grpc-timeout"] = "1m";
        CallEnd end = Begin(call);
        await Assert.That(async () => await Task.Delay(TimeSpan.FromSeconds(60), end.Token)).Throws<TaskCanceledException>();
        await Assert.That(end.Reason.Code).IsEqualTo(StatusCode.DeadlineExceeded);
    }

    [Test]
    public async Task CallerWhoGoes_EndsTheCall_AndNoLaterOne()
    {
        CallEnd end = new(s_waiting);
        for (int i = 0; i < 1000; i++)
        {
            using CancellationTokenSource gone = new();
            DefaultHttpContext call = new() { RequestAborted = gone.Token };
            end.Begin(call);
            await Assert.That(end.Token.IsCancellationRequested).IsFalse();
            end.WatchCaller();
            if (i % 3 == 0)
            {
                await gone.CancelAsync();
                await Assert.That(end.Token.IsCancellationRequested).IsTrue();
                await Assert.That(end.Reason.Code).IsEqualTo(StatusCode.Cancelled);
            }

            end.Stop();
        }
    }

    [Test]
    public async Task CallerWhoGoes_EndsACallThatWaits()
    {
        for (int i = 0; i < 3; i++)
        {
            using CancellationTokenSource gone = new();
            CallEnd end = Begin(new DefaultHttpContext() { RequestAborted = gone.Token });
            end.Waits();
            await gone.CancelAsync();
            await Assert.That(async () => await Task.Delay(TimeSpan.FromSeconds(60), end.Token)).Throws<TaskCanceledException>();
            await Assert.That(end.Reason.Code).IsEqualTo(StatusCode.Cancelled);
            end.Stop();
        }
    }

    [Test]
    public async Task CallThatIsOver_IsNotEndedByItsFormerCaller()
    {
        using CancellationTokenSource gone = new();
        CallEnd end = new(s_waiting);
        for (int i = 0; i < 1000; i++)
        {
            end.Begin(new DefaultHttpContext() { RequestAborted = gone.Token });
            end.Waits();
            end.Stop();
        }

        // The last of the waiting calls is cancelled only if all of them are checked.
        using CancellationTokenSource other = new();
        end.Begin(new DefaultHttpContext());
        CallEnd last = Begin(new DefaultHttpContext() { RequestAborted = other.Token });
        end.Waits();
        last.Waits();
        await gone.CancelAsync();
        await other.CancelAsync();
        await Assert.That(async () => await Task.Delay(TimeSpan.FromSeconds(60), last.Token)).Throws<TaskCanceledException>();
        await Assert.That(end.Token.IsCancellationRequested).IsFalse();
    }

    private static CallEnd Begin(HttpContext http)
    {
        CallEnd end = new(s_waiting);
        end.Begin(http);
        return end;
    }
}
