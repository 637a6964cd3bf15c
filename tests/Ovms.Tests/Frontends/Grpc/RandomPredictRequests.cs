using Google.Protobuf;
using Ovms.Frontends.Grpc.Protos.TensorFlow;

namespace Ovms.Tests.Frontends.Grpc;

/// <summary>
/// Makes PredictRequests of every form the protocol allows: fields in any order and in pieces, numbers packed or not, keys twice, unknown
/// fields, odd texts.
/// </summary>
internal sealed class RandomPredictRequests(Random random)
{
    private static readonly string[] s_texts = ["", "x", "input_0", "größe", "模型", "🦊", "with\0nul", new string('n', 300)];
    private static readonly DataType[] s_types =
    [
        DataType.DtFloat, DataType.DtDouble, DataType.DtInt32, DataType.DtUint8, DataType.DtInt16, DataType.DtInt8, DataType.DtString, DataType.DtInt64,
        DataType.DtBool, DataType.DtBfloat16, DataType.DtUint16, DataType.DtHalf, DataType.DtUint32, DataType.DtUint64,
    ];

    /// <summary>The next request, in bytes.</summary>
    public byte[] Next()
    {
        List<byte[]> fields = random.Next(20) == 0 ? [] : [Delimited(1, ModelSpec())];
        for (int i = random.Next(0, 4); i > 0; i--)
        {
            fields.Add(Delimited(2, Join([Text(1), Delimited(2, Tensor())])));
        }

        for (int i = random.Next(0, 3); i > 0; i--)
        {
            fields.Add(Text(3));
        }

        fields.AddRange(Unknown(20));
        return Join(fields);
    }

    private byte[] ModelSpec()
    {
        List<byte[]> fields = [Text(1), .. Unknown(20)];
        if (random.Next(2) == 0)
        {
            long version = random.Next(3) == 0 ? random.NextInt64(long.MinValue, long.MaxValue) : random.Next(1, 5);
            fields.Add(Delimited(2, Varint(1, (ulong)version)));
        }
        else if (random.Next(3) == 0)
        {
            fields.Add(Text(4));
        }

        if (random.Next(2) == 0)
        {
            fields.Add(Text(3));
        }

        return Join(fields);
    }

    private byte[] Tensor()
    {
        DataType type = random.Next(20) == 0 ? (DataType)random.Next(0, 140) : s_types[random.Next(s_types.Length)];
        List<byte[]> fields = [Varint(1, (ulong)type), .. Shape(), .. Unknown(30)];
        int form = random.Next(10);
        if (form < 4)
        {
            fields.Add(Delimited(4, RandomBytes(random.Next(0, 100))));
        }

        if (form is > 3 and < 9 || random.Next(30) == 0)
        {
            // Sometimes the field of another type.
            fields.AddRange(Values(random.Next(25) == 0 ? s_types[random.Next(s_types.Length)] : type));
        }

        if (random.Next(5) == 0)
        {
            fields.Add(Varint(3, 21));
        }

        return Join(fields);
    }

    private IEnumerable<byte[]> Shape()
    {
        for (int pieces = random.Next(5) == 0 ? 2 : 1; pieces > 0; pieces--)
        {
            byte[][] dimensions = [.. Enumerable.Range(0, random.Next(0, 3)).Select(_ => Delimited(2, Join([Varint(1, Size()), .. random.Next(4) == 0 ? [Text(2)] : Array.Empty<byte[]>(), .. Unknown(20)])))];
            yield return Delimited(2, [.. dimensions.SelectMany(static bytes => bytes), .. random.Next(8) == 0 ? Varint(3, 1) : []]);
        }
    }

    private ulong Size() => random.Next(12) == 0 ? (ulong)random.NextInt64(long.MinValue, long.MaxValue) : (ulong)random.Next(0, 6);

    // In up to three pieces, each packed or with a tag for each value.
    private IEnumerable<byte[]> Values(DataType type)
    {
        for (int pieces = random.Next(1, 4); pieces > 0; pieces--)
        {
            int count = random.Next(0, 8);
            bool packed = random.Next(2) == 0;
            yield return type switch
            {
                DataType.DtFloat => Repeated(5, WireFormat.WireType.Fixed32, packed, count, output => output.WriteFloat(random.NextSingle())),
                DataType.DtDouble => Repeated(6, WireFormat.WireType.Fixed64, packed, count, output => output.WriteDouble(random.NextDouble())),
                DataType.DtString => [.. Enumerable.Range(0, count).SelectMany(_ => Delimited(8, RandomBytes(random.Next(0, 40))))],
                DataType.DtInt64 => Repeated(10, WireFormat.WireType.Varint, packed, count, output => output.WriteInt64(random.NextInt64(long.MinValue, long.MaxValue))),
                DataType.DtBool => Repeated(11, WireFormat.WireType.Varint, packed, count, output => output.WriteBool(random.Next(2) == 0)),
                DataType.DtHalf or DataType.DtBfloat16 => Repeated(13, WireFormat.WireType.Varint, packed, count, output => output.WriteInt32(random.Next(40) == 0 ? random.Next(int.MinValue, int.MaxValue) : random.Next(0, 65536))),
                DataType.DtUint32 => Repeated(16, WireFormat.WireType.Varint, packed, count, output => output.WriteUInt32((uint)random.NextInt64(0, uint.MaxValue))),
                DataType.DtUint64 => Repeated(17, WireFormat.WireType.Varint, packed, count, output => output.WriteUInt64((ulong)random.NextInt64(long.MinValue, long.MaxValue))),
                _ => Repeated(7, WireFormat.WireType.Varint, packed, count, output => output.WriteInt32(random.Next(60) == 0 ? random.Next(int.MinValue, int.MaxValue) : random.Next(0, 128))),
            };
        }
    }

    private static byte[] Repeated(int field, WireFormat.WireType wire, bool packed, int count, Action<CodedOutputStream> write) => packed
        ? Delimited(field, Field(output =>
        {
            for (int i = 0; i < count; i++)
            {
                write(output);
            }
        }))
        : Field(output =>
        {
            for (int i = 0; i < count; i++)
            {
                output.WriteTag(field, wire);
                write(output);
            }
        });

    private IEnumerable<byte[]> Unknown(int first)
    {
        for (int i = random.Next(-4, 2); i > 0; i--)
        {
            yield return random.Next(2) == 0 ? Delimited(random.Next(first, first + 100), RandomBytes(random.Next(0, 20))) : Varint(random.Next(first, first + 100), (ulong)random.NextInt64());
        }
    }

    private byte[] Text(int field) => Delimited(field, System.Text.Encoding.UTF8.GetBytes(s_texts[random.Next(s_texts.Length)]));

    private byte[] RandomBytes(int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private byte[] Join(IEnumerable<byte[]> fields)
    {
        byte[][] shuffled = [.. fields];
        random.Shuffle(shuffled);
        return [.. shuffled.SelectMany(static field => field)];
    }

    private static byte[] Varint(int field, ulong value) => Field(output =>
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteUInt64(value);
    });

    private static byte[] Delimited(int field, byte[] bytes) => Field(output =>
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(bytes));
    });

    private static byte[] Field(Action<CodedOutputStream> write)
    {
        using MemoryStream stream = new();
        using (CodedOutputStream output = new(stream, leaveOpen: true))
        {
            write(output);
        }

        return stream.ToArray();
    }
}
