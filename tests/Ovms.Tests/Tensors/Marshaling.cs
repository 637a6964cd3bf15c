using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Ovms.Native;
using Ovms.Status;
using Ovms.Tensors;
using Ovms.Wire;

namespace Ovms.Tests.Tensors;

/// <summary>What came of moving elements once.</summary>
internal sealed record Moved(Outcome Outcome, byte[] Raw, long Count);

/// <summary>Calls a marshaler over bytes that lie in pieces, as a transport hands them over.</summary>
internal static class Marshaling
{
    public static Moved Typed(ElementType type, byte[] contents, int pieceLength = int.MaxValue)
    {
        using NativeBuffer buffer = new(0);
        ProtoReader reader = new(Pieces(contents, pieceLength));
        Outcome outcome = TensorMarshaler.For(type).ReadTyped(ref reader, buffer, out long count);
        return new Moved(outcome, buffer.Bytes.ToArray(), count);
    }

    public static Moved Json(ElementType type, string json, int pieceLength = int.MaxValue) => Json(type, Encoding.UTF8.GetBytes(json), pieceLength);

    public static Moved Json(ElementType type, byte[] json, int pieceLength = int.MaxValue)
    {
        using NativeBuffer buffer = new(0);
        Utf8JsonReader reader = new(Pieces(json, pieceLength), new JsonReaderOptions { MaxDepth = 100 });
        reader.Read();
        Outcome outcome = TensorMarshaler.For(type).ReadJson(ref reader, buffer, out long count);
        return new Moved(outcome, buffer.Bytes.ToArray(), count);
    }

    /// <summary>Puts raw form into a tensor of the engine and writes that as JSON.</summary>
    public static (Outcome Outcome, string Json) Write(ElementType type, byte[] raw, int count)
    {
        using Tensor tensor = type == ElementType.String ? Strings(raw, count) : Tensor.Allocate(type, [count]);
        if (type != ElementType.String)
        {
            raw.CopyTo(tensor.Bytes);
        }

        ArrayBufferWriter<byte> writer = new();
        Outcome outcome = TensorMarshaler.For(type).WriteJson(tensor, writer);
        return (outcome, Encoding.UTF8.GetString(writer.WrittenSpan));
    }

    /// <summary>The bytes as a chain of buffers of at most <paramref name="length"/>.</summary>
    public static ReadOnlySequence<byte> Pieces(byte[] bytes, int length)
    {
        if (bytes.Length <= length)
        {
            return new ReadOnlySequence<byte>(bytes);
        }

        Piece first = new(bytes.AsMemory(0, length), 0);
        Piece last = first;
        for (int at = length; at < bytes.Length; at += length)
        {
            last = last.Append(bytes.AsMemory(at, Math.Min(length, bytes.Length - at)));
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private static Tensor Strings(byte[] raw, int count)
    {
        List<int> lengths = [];
        List<byte> texts = [];
        for (int at = 0; at < raw.Length; at += sizeof(uint) + lengths[^1])
        {
            lengths.Add((int)BinaryPrimitives.ReadUInt32LittleEndian(raw.AsSpan(at)));
            texts.AddRange(raw.AsSpan(at + sizeof(uint), lengths[^1]));
        }

        return Tensor.CreateStrings([count], lengths.ToArray(), texts.ToArray());
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, long index)
        {
            Memory = memory;
            RunningIndex = index;
        }

        public Piece Append(ReadOnlyMemory<byte> memory)
        {
            Piece next = new(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
