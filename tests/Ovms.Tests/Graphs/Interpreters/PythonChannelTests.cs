using System.Buffers.Binary;
using System.Text;
using Ovms.Graphs.Interpreters;
using TUnit.Assertions.Enums;

namespace Ovms.Tests.Graphs.Interpreters;

/// <summary>The server's end of the protocol with Python processes: what it writes, and that it trusts nothing that comes.</summary>
public sealed class PythonChannelTests
{
    [Test]
    public async Task Question_IsWrittenAsTheTableSays()
    {
        using MemoryStream sent = new();
        byte[] data = [1, 2, 3, 4];
        unsafe
        {
            fixed (byte* address = data)
            {
                new PythonChannel(sent, Stream.Null).Execute(7, [new SentTensor("in", "INT32", [1], (nint)address, data.Length)]);
            }
        }

        byte[] frame = sent.ToArray();
        await Assert.That(BinaryPrimitives.ReadUInt32LittleEndian(frame)).IsEqualTo(2u);
        int head = BinaryPrimitives.ReadInt32LittleEndian(frame.AsSpan(4));
        await Assert.That(BinaryPrimitives.ReadInt64LittleEndian(frame.AsSpan(8))).IsEqualTo(4);
        await Assert.That(frame.Length).IsEqualTo(16 + head + 4);
        string expected = "7,0,0,0,0,0,0,0" + ",1,0,0,0" + ",2,0,0,0,105,110" + ",5,0,0,0,73,78,84,51,50" + ",1,0,0,0,1,0,0,0,0,0,0,0" + ",0,0,0,0" + ",0,0,0,0"
            + ",4,0,0,0,0,0,0,0" + ",1,2,3,4";
        await Assert.That(string.Join(',', frame[16..])).IsEqualTo(expected);
    }

    [Test]
    public async Task Answer_IsReadIntoMemoryOfItsOwn()
    {
        byte[] frame = Frame(FrameKind.Outputs, Head(1, ("out", "FP32", [2], 8), ("empty", "my", [], 0)), new byte[8]);
        FrameKind kind = new PythonChannel(Stream.Null, new MemoryStream(frame)).Read(out _, out ReceivedTensor[] tensors);
        await Assert.That(kind).IsEqualTo(FrameKind.Outputs);
        await Assert.That(tensors.Select(static one => $"{one.Name} {one.Datatype} {one.Shape.Length} {one.Content.Length}"))
            .IsEquivalentTo(["out FP32 1 8", "empty my 0 0"], CollectionOrdering.Matching);
        new PythonAnswer(tensors).Discard();
    }

    private static IEnumerable<(string What, byte[] Frame)> Malformed()
    {
        byte[] good = Frame(FrameKind.Outputs, Head(0, ("out", "FP32", [2], 8)), new byte[8]);
        yield return ("nothing", []);
        yield return ("half a header", good[..9]);
        yield return ("half a head", good[..30]);
        yield return ("data that ends early", good[..^1]);
        yield return ("a kind of the other end", Frame(FrameKind.Execute, [], []));
        yield return ("what another program prints", Encoding.ASCII.GetBytes("Traceback (most recent call last):"));
        yield return ("a head that is too large", Patched(good, 4, 0x7FFFFFFF));
        yield return ("data that are too large", Patched(good, 12, 0x7FFFFFFF));
        yield return ("more data than its tensors have", Frame(FrameKind.Outputs, Head(0, ("out", "FP32", [2], 4)), new byte[8]));
        yield return ("less data than its tensors have", Frame(FrameKind.Outputs, Head(0, ("out", "FP32", [2], 12)), new byte[8]));
        yield return ("a tensor of less than nothing", Frame(FrameKind.Outputs, Head(0, ("out", "FP32", [2], -8)), []));
        yield return ("more tensors than its head has", Patched(good, 16 + 12, 2));
        yield return ("too many tensors", Patched(good, 16 + 12, 0x7FFFFFFF));
        yield return ("a text longer than its head", Patched(good, 16 + 16, 0x7FFFFFFF));
        yield return ("data without tensors", Frame(FrameKind.End, [], new byte[8]));
        yield return ("too many dimensions", Frame(FrameKind.Outputs, Head(0, ("out", "FP32", new long[65], 0)), []));
        yield return ("a head that is too long", Frame(FrameKind.Outputs, [.. Head(0, ("out", "FP32", [2], 8)), 0], new byte[8]));
    }

    [Test]
    public async Task MalformedAnswer_IsALoss()
    {
        foreach ((string what, byte[] frame) in Malformed())
        {
            PythonChannel channel = new(Stream.Null, new MemoryStream(frame));
            Exception? loss = await Assert.That(() => channel.Read(out _, out _)).Throws<Exception>().Because(what);
            await Assert.That(loss is InvalidDataException or EndOfStreamException).IsTrue().Because($"{what}: {loss}");
            await Assert.That(PythonChild.IsLoss(loss!)).IsTrue().Because(what);
        }
    }

    private static byte[] Head(uint more, params (string Name, string Datatype, long[] Shape, long Bytes)[] tensors)
    {
        HeadWriter writer = new HeadWriter().Begin().Long(7).Number(more).Number((uint)tensors.Length);
        foreach ((string name, string datatype, long[] shape, long bytes) in tensors)
        {
            writer.Text(name).Text(datatype).Dims(shape).Text("B").Dims([bytes]).Long(bytes);
        }

        return writer.End(FrameKind.Outputs)[HeadWriter.HeaderSize..].ToArray();
    }

    private static byte[] Frame(FrameKind kind, byte[] head, byte[] data)
    {
        byte[] header = new byte[HeadWriter.HeaderSize];
        BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)kind);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), head.Length);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(8), data.Length);
        return [.. header, .. head, .. data];
    }

    private static byte[] Patched(byte[] frame, int at, int number)
    {
        byte[] patched = [.. frame];
        BinaryPrimitives.WriteInt32LittleEndian(patched.AsSpan(at), number);
        return patched;
    }
}
