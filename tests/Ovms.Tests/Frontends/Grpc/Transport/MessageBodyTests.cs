using System.Buffers.Binary;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Ovms.Frontends;
using Ovms.Frontends.Grpc.Transport;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Tests.Frontends.Grpc.Transport;

/// <summary>The message of an inference call, in pieces of any size.</summary>
public sealed class MessageBodyTests
{
    private const int Limit = 64 << 20;

    [Test]
    public async Task MessageInPiecesOfAnyLength_ComesWholeAndItsEndIsAligned()
    {
        Random random = new(50);
        for (int round = 0; round < 300; round++)
        {
            byte[] message = new byte[random.Next(0, round % 10 == 0 ? 5 << 20 : 5000)];
            random.NextBytes(message);
            RequestMemory memory = new(0, "");
            MemoryShare share = new(memory);
            Outcome<NativeBuffer> read = await ReadAsync(Frame(message), () => random.Next(1, Math.Max(2, message.Length)), share);

            await Assert.That(read.IsOk).IsTrue();
            using NativeBuffer whole = read.Value!;
            bool isSame = whole.Bytes.SequenceEqual(message);
            await Assert.That(isSame).IsTrue();
            await Assert.That(EndOf(whole) % 64).IsEqualTo(0);
            await Assert.That(memory.Taken).IsGreaterThanOrEqualTo(message.Length);
            share.Dispose();
            await Assert.That(memory.Taken).IsEqualTo(0);
        }
    }

    [Test]
    public async Task ClaimedLength_TakesNoMemoryBeforeItComes()
    {
        byte[] head = Frame([])[..5];
        BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(1), Limit);
        RequestMemory memory = new(4 << 20, "quota");
        using MemoryShare share = new(memory);

        Outcome<NativeBuffer> read = await ReadAsync([.. head, 1, 2, 3], () => 8, share);

        await Assert.That(read.Code).IsEqualTo(StatusCode.MalformedMessage);
        await Assert.That(memory.Taken).IsLessThan(1000);
    }

    // A call takes its lease when its message has named the model, and not when the last byte of a tensor has come.
    [Test]
    public async Task MessageThatIsStillComing_OpensItsCallOnce()
    {
        List<int> seen = [];
        Pipe pipe = new();
        byte[] frame = Frame([1, 2, 3, 4]);
        using SemaphoreSlim looked = new(0);
        ValueTask<Outcome<NativeBuffer>> reading = ReadAsync(pipe.Reader, head =>
        {
            seen.Add(head.Length);
            looked.Release();
            return head.Length == 2;
        });
        await pipe.Writer.WriteAsync(frame.AsMemory(0, 6));
        await looked.WaitAsync();
        await pipe.Writer.WriteAsync(frame.AsMemory(6, 1));
        await looked.WaitAsync();
        await pipe.Writer.WriteAsync(frame.AsMemory(7, 1));
        await pipe.Writer.WriteAsync(frame.AsMemory(8, 1));
        await pipe.Writer.CompleteAsync();
        using NativeBuffer whole = (await reading).Value!;
        await Assert.That(whole.Length).IsEqualTo(4);
        await Assert.That(seen).IsEquivalentTo([1, 2], TUnit.Assertions.Enums.CollectionOrdering.Matching);
    }

    [Test]
    public async Task HeadsAlone_CostTheirCallsAndNothingThatTheyAnnounce()
    {
        RequestMemory memory = new(4 << 20, "quota");
        using CancellationTokenSource draining = new();
        List<(MemoryShare Share, Task<Outcome<NativeBuffer>> Reading)> waiting = [];
        byte[] head = Frame([])[..5];
        BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(1), 1 << 20);
        for (int i = 0; i < 100; i++)
        {
            Pipe pipe = new();
            await pipe.Writer.WriteAsync(head);
            MemoryShare share = new MemoryShare().Of(memory);
            waiting.Add((share, ReadAsync(pipe.Reader, share, draining.Token).AsTask()));
        }

        await Assert.That(memory.Taken).IsEqualTo(100 * MemoryShare.CallBytes);

        // The quota still has memory for another caller's message, although the announced bytes exceed it more than twenty times.
        using MemoryShare other = new(memory);
        Outcome<NativeBuffer> read = await ReadAsync(Frame(new byte[1 << 20]), () => 100_000, other);
        await Assert.That(read.IsOk).IsTrue();
        read.Value!.Dispose();

        await draining.CancelAsync();
        foreach ((MemoryShare share, Task<Outcome<NativeBuffer>> reading) in waiting)
        {
            await Assert.That((await reading).Code).IsEqualTo(StatusCode.ServerShuttingDown);
            share.Dispose();
        }
    }

    [Test]
    public async Task ManyCallsWithoutAMessage_AreRefusedWhenTheirOwnCostPassesTheQuota()
    {
        RequestMemory memory = new(10 * MemoryShare.CallBytes, "quota");
        using CancellationTokenSource draining = new();
        List<Task<Outcome<NativeBuffer>>> reading = [];
        for (int i = 0; i < 11; i++)
        {
            reading.Add(ReadAsync(new Pipe().Reader, new MemoryShare().Of(memory), draining.Token).AsTask());
        }

        await Assert.That((await reading[10]).Code).IsEqualTo(StatusCode.OutOfMemory);
        await Assert.That(reading.Take(10).Any(static call => call.IsCompleted)).IsFalse();
        await draining.CancelAsync();
    }

    [Test]
    [Arguments("", 1u, 0u, 0u, "request_start_timeout_seconds")]
    [Arguments("begun", 0u, 1u, 0u, "request_stall_timeout_seconds")]
    [Arguments("begun", 0u, 0u, 1u, "request_timeout_seconds")]
    [Arguments("", 30u, 60u, 1u, "request_timeout_seconds")]
    public async Task CallerThatTakesTooLong_IsToldWhichLimitItPassed(string begin, uint start, uint stall, uint whole, string option)
    {
        Pipe pipe = new();
        if (begin.Length > 0)
        {
            await pipe.Writer.WriteAsync(Frame(new byte[100])[..50]);
        }

        using MemoryShare share = new(new RequestMemory(0, ""));
        Outcome<NativeBuffer> read = await ReadAsync(pipe.Reader, share, default, new ArrivalTimes(start, stall, whole));
        await Assert.That(read.Code).IsEqualTo(StatusCode.RequestTooSlow);
        await Assert.That(read.Text).Contains(option);
    }

    [Test]
    public async Task MessageBeyondTheQuota_IsRefusedWhileItComes()
    {
        using MemoryShare share = new(new RequestMemory(3 << 20, "quota"));
        Outcome<NativeBuffer> read = await ReadAsync(Frame(new byte[20 << 20]), () => 100_000, share);
        await Assert.That(read.Code).IsEqualTo(StatusCode.OutOfMemory);
        await Assert.That(read.Text).Contains("quota");
    }

    [Test]
    public async Task Stop_EndsTheWaitForTheRest()
    {
        using CancellationTokenSource draining = new();
        Pipe pipe = new();
        await pipe.Writer.WriteAsync(Frame(new byte[100])[..50]);
        using MemoryShare share = new(new RequestMemory(0, ""));
        Task<Outcome<NativeBuffer>> reading = ReadAsync(pipe.Reader, share, draining.Token).AsTask();
        await Assert.That(reading.IsCompleted).IsFalse();
        await draining.CancelAsync();
        await Assert.That((await reading).Code).IsEqualTo(StatusCode.ServerShuttingDown);
    }

    private static async Task<Outcome<NativeBuffer>> ReadAsync(byte[] body, Func<int> nextLength, MemoryShare share)
    {
        Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 0));
        ValueTask<Outcome<NativeBuffer>> reading = ReadAsync(pipe.Reader, share, default);
        for (int sent = 0; sent < body.Length;)
        {
            int length = Math.Min(nextLength(), body.Length - sent);
            await pipe.Writer.WriteAsync(body.AsMemory(sent, length));
            sent += length;
        }

        await pipe.Writer.CompleteAsync();
        return await reading;
    }

    private static ValueTask<Outcome<NativeBuffer>> ReadAsync(PipeReader reader, Func<NativeBuffer, bool> open)
    {
        DefaultHttpContext call = new();
        call.Features.Set<IRequestBodyPipeFeature>(new Body(reader));
        return new MessageBody(new MessageCoding(Limit, new RequestMemory(0, "")), Limit, ArrivalTimes.Unlimited, default).ReadAsync(
            call, 0, (_, head) => open(head), static (_, _) => (long?)null, new MemoryShare(new RequestMemory(0, "")), default);
    }

    private static ValueTask<Outcome<NativeBuffer>> ReadAsync(PipeReader reader, MemoryShare share, CancellationToken draining, ArrivalTimes? times = null)
    {
        DefaultHttpContext call = new();
        call.Features.Set<IRequestBodyPipeFeature>(new Body(reader));
        return new MessageBody(new MessageCoding(Limit, new RequestMemory(0, "")), Limit, times ?? ArrivalTimes.Unlimited, draining).ReadAsync(call, 0, static (_, _) => false, static (_, _) => (long?)null, share, default);
    }

    private static byte[] Frame(byte[] message)
    {
        byte[] frame = new byte[5 + message.Length];
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    private static unsafe nuint EndOf(NativeBuffer buffer) => (nuint)buffer.Address + (nuint)buffer.Length;

    private sealed record Body(PipeReader Reader) : IRequestBodyPipeFeature;
}
