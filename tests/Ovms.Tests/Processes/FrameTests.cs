using System.Runtime.InteropServices;
using Ovms.Processes;
using TUnit.Assertions.Enums;

namespace Ovms.Tests.Processes;

/// <summary>Frames of a channel: what is written is read, and what breaks the rules is refused before memory is taken for it.</summary>
public sealed class FrameTests
{
    [Test]
    public async Task Frames_AreReadAsWritten_AlsoIfDataIsNotTaken()
    {
        MemoryStream stream = new();
        FrameWriter writer = new(stream);
        Write(writer, 7, 3, [1, 2], [10, 11, 12], [13]);
        Write(writer, 8, ulong.MaxValue, []);
        Write(writer, 9, 0, [5], new byte[10_000]);
        Write(writer, 10, 1, [6]);
        stream.Position = 0;
        FrameReader reader = new(stream);
        await Assert.That(reader.TryRead(out FrameHeader header, out byte[] head)).IsTrue();
        await Assert.That(header).IsEqualTo(new FrameHeader(7, 2, 3, 4));
        await Assert.That(head).IsEquivalentTo(new byte[] { 1, 2 }, CollectionOrdering.Matching);
        await Assert.That(Fill(reader, 3)).IsEquivalentTo(new byte[] { 10, 11, 12 }, CollectionOrdering.Matching);
        await Assert.That(reader.DataLeft).IsEqualTo(1UL);
        await Assert.That(() => Fill(reader, 2)).Throws<InvalidDataException>();
        await Assert.That(reader.TryRead(out header, out _)).IsTrue();
        await Assert.That(header).IsEqualTo(new FrameHeader(8, 0, ulong.MaxValue, 0));
        await Assert.That(reader.TryRead(out header, out _)).IsTrue();
        await Assert.That(reader.TryRead(out header, out head)).IsTrue();
        await Assert.That((header.Kind, head.Single())).IsEqualTo((10U, (byte)6));
        await Assert.That(reader.TryRead(out _, out _)).IsFalse();
    }

    [Test]
    public async Task TooLargeFrames_AreRefused()
    {
        byte[] bytes = new byte[FrameHeader.Size];
        new FrameHeader(1, FrameHeader.MostHead + 1, 1, 0).Write(bytes);
        await Assert.That(() => new FrameReader(new MemoryStream(bytes)).TryRead(out _, out _)).Throws<InvalidDataException>();
        new FrameHeader(1, 0, 1, FrameHeader.MostData + 1).Write(bytes);
        await Assert.That(() => new FrameReader(new MemoryStream(bytes)).TryRead(out _, out _)).Throws<InvalidDataException>();
        MemoryStream stream = new();
        await Assert.That(() => new FrameWriter(stream).Write(1, 1, new byte[FrameHeader.MostHead + 1], [])).Throws<InvalidDataException>();
        await Assert.That(stream.Length).IsEqualTo(0);
    }

    [Test]
    public async Task ChannelThatEndsWithinAFrame_IsAnError()
    {
        MemoryStream stream = new();
        Write(new FrameWriter(stream), 1, 1, [1, 2, 3], [4, 5, 6]);
        for (int length = 1; length < stream.Length; length++)
        {
            FrameReader reader = new(new MemoryStream(stream.ToArray()[..length]));
            await Assert.That(() =>
            {
                reader.TryRead(out _, out _);
                return reader.TryRead(out _, out _);
            }).Throws<EndOfStreamException>();
        }
    }

    private static void Write(FrameWriter writer, uint kind, ulong call, byte[] head, params byte[][] data)
    {
        GCHandle[] pins = [.. data.Select(static part => GCHandle.Alloc(part, GCHandleType.Pinned))];
        writer.Write(kind, call, head, [.. pins.Zip(data, static (pin, part) => new FramePart(pin.AddrOfPinnedObject(), part.Length))]);
        Array.ForEach(pins, static pin => pin.Free());
    }

    private static byte[] Fill(FrameReader reader, int count)
    {
        byte[] bytes = new byte[count];
        GCHandle pin = GCHandle.Alloc(bytes, GCHandleType.Pinned);
        try
        {
            reader.Fill(pin.AddrOfPinnedObject(), count);
            return bytes;
        }
        finally
        {
            pin.Free();
        }
    }
}
