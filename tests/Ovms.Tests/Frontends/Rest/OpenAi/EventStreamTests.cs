using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Ovms.Frontends.Rest.Json;
using Ovms.Frontends.Rest.OpenAi;
using Ovms.Tests.Generation.Scheduling;

namespace Ovms.Tests.Frontends.Rest.OpenAi;

/// <summary>Events on their way to a caller that reads, pauses, or does not read.</summary>
public sealed class EventStreamTests
{
    [Test]
    public async Task Silence_IsFilledWithComments()
    {
        Pipe pipe = new();
        EngineClock clock = new();
        HttpContext context = ResponsePipe.ContextOf(pipe);
        context.Request.Protocol = "HTTP/1.1";
        await using EventStream stream = new(context, static () => { }, clock);
        lock (stream.Gate)
        {
            stream.Start();
            stream.Pending.Raw("data: 1\n\n"u8);
            stream.Send();
        }

        await Assert.That(Sent(pipe)).IsEqualTo("data: 1\n\n");
        await Assert.That(context.Response.ContentType).IsEqualTo("text/event-stream");
        await Assert.That(context.Response.Headers["X-Accel-Buffering"].ToString()).IsEqualTo("no");
        await Assert.That(context.Response.Headers.Connection.ToString()).IsEqualTo("keep-alive");

        // A comment every 15 s, and an event begins a new pause.
        clock.Move(14.9);
        await Assert.That(Sent(pipe)).IsEqualTo("");
        clock.Move(0.1);
        await Assert.That(Sent(pipe)).IsEqualTo(": \n\n");
        clock.Move(10);
        lock (stream.Gate)
        {
            stream.Pending.Raw("data: 2\n\n"u8);
            stream.Send();
        }

        clock.Move(14.9);
        await Assert.That(Sent(pipe)).IsEqualTo("data: 2\n\n");
        clock.Move(15);
        await Assert.That(Sent(pipe)).IsEqualTo(": \n\n");
    }

    [Test]
    public async Task CallerThatReadsNothing_IsCutOffAtTheLimit()
    {
        // The connection takes one byte more than nothing.
        Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 2, resumeWriterThreshold: 1));
        int cutOff = 0;
        EventStream stream = new(ResponsePipe.ContextOf(pipe), () => cutOff++, TimeProvider.System);
        lock (stream.Gate)
        {
            stream.Start();
            stream.Pending.Raw(new byte[16]);
            stream.Send();
            stream.Pending.Raw(new byte[EventStream.MostUnread]);
            stream.Send();
        }

        await Assert.That(cutOff).IsEqualTo(0);
        await Assert.That(stream.IsBroken).IsFalse();
        lock (stream.Gate)
        {
            stream.Pending.Raw("x"u8);
            stream.Send();
        }

        await Assert.That(cutOff).IsEqualTo(1);
        await Assert.That(stream.IsBroken).IsTrue();
        await Assert.That(stream.Pending.Length).IsEqualTo(0);
        await pipe.Reader.CompleteAsync();
        await stream.DisposeAsync();
    }

    // Without a wait: a pipe takes what is written at once.
    private static string Sent(Pipe pipe)
    {
        if (!pipe.Reader.TryRead(out ReadResult read))
        {
            return "";
        }

        string text = Encoding.ASCII.GetString(read.Buffer.ToArray());
        pipe.Reader.AdvanceTo(read.Buffer.End);
        return text;
    }
}
