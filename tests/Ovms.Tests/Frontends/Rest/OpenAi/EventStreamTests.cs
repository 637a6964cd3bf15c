using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Ovms.Frontends.Rest.Json;
using Ovms.Frontends.Rest.OpenAi;

namespace Ovms.Tests.Frontends.Rest.OpenAi;

/// <summary>Events on their way to a caller that reads, pauses, or does not read.</summary>
public sealed class EventStreamTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Test]
    public async Task Silence_IsFilledWithComments()
    {
        Pipe pipe = new();
        HttpContext context = ContextOf(pipe);
        await using EventStream stream = new(context, static () => { }, TimeSpan.FromMilliseconds(30));
        lock (stream.Gate)
        {
            stream.Start();
            stream.Pending.Raw("data: 1\n\n"u8);
            stream.Send();
        }

        await Assert.That(await ReadAsync(pipe.Reader, "data: 1\n\n: \n\n: \n\n".Length)).IsEqualTo("data: 1\n\n: \n\n: \n\n");
        await Assert.That(context.Response.ContentType).IsEqualTo("text/event-stream");
        await Assert.That(context.Response.Headers["X-Accel-Buffering"].ToString()).IsEqualTo("no");
    }

    [Test]
    public async Task CallerThatReadsNothing_IsCutOffAtTheLimit()
    {
        // The connection takes one byte more than nothing.
        Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 2, resumeWriterThreshold: 1));
        int cutOff = 0;
        EventStream stream = new(ContextOf(pipe), () => cutOff++);
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

    private static HttpContext ContextOf(Pipe pipe)
    {
        DefaultHttpContext context = new();
        context.Features.Set<IHttpResponseBodyFeature>(new PipeBody(pipe.Writer));
        return context;
    }

    private static async Task<string> ReadAsync(PipeReader reader, int length)
    {
        using CancellationTokenSource patience = new(s_patience);
        ReadResult read = await reader.ReadAtLeastAsync(length, patience.Token);
        byte[] bytes = new byte[length];
        int at = 0;
        foreach (ReadOnlyMemory<byte> part in read.Buffer.Slice(0, length))
        {
            part.CopyTo(bytes.AsMemory(at));
            at += part.Length;
        }

        return Encoding.ASCII.GetString(bytes);
    }

    private sealed class PipeBody(PipeWriter writer) : IHttpResponseBodyFeature
    {
        public Stream Stream => writer.AsStream();

        public PipeWriter Writer => writer;

        public Task CompleteAsync() => Task.CompletedTask;

        public void DisableBuffering()
        {
        }

        public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;
    }
}
