using Google.Protobuf;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.Tests.Frontends.Grpc;

/// <summary>Makes requests of every form the protocol allows: fields in any order, numbers packed or not, unknown fields, odd texts.</summary>
internal sealed class RandomRequests(Random random)
{
    private static readonly string[] s_datatypes = ["BOOL", "INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "UINT32", "UINT64", "FP32", "FP64", "BYTES"];
    private static readonly string[] s_texts = ["", "x", "input_0", "größe", "模型", "🦊", "with\0nul", new string('n', 300)];

    /// <summary>Whether requests contain the datatype.</summary>
    public static bool IsDatatype(string datatype) => s_datatypes.Contains(datatype);

    /// <summary>The next request, in bytes.</summary>
    public byte[] Next()
    {
        bool isRaw = random.Next(2) == 0;
        List<byte[]> fields = [Text(1), Text(2), Text(3)];
        int inputs = random.Next(0, 4);
        for (int i = 0; i < inputs; i++)
        {
            fields.Add(Delimited(5, Input(isRaw && random.Next(10) > 0)));
        }

        for (int i = random.Next(0, 3); i > 0; i--)
        {
            fields.Add(Delimited(6, Join([Text(1), .. Parameters(2)])));
        }

        for (int i = isRaw ? Math.Max(0, inputs + random.Next(-1, 2)) : 0; i > 0; i--)
        {
            fields.Add(Delimited(7, RandomBytes(random.Next(0, 200))));
        }

        fields.AddRange(Parameters(4));
        fields.AddRange(Unknown());
        return Join(fields);
    }

    /// <summary>The bytes with a few of them changed, removed or added.</summary>
    public byte[] Damage(byte[] message)
    {
        List<byte> bytes = [.. message];
        for (int i = random.Next(1, 4); i > 0 && bytes.Count > 0; i--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, random.Next(1, Math.Min(8, bytes.Count - at) + 1));
                    break;
                case 2:
                    bytes.InsertRange(at, RandomBytes(random.Next(1, 4)));
                    break;
                default:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
            }
        }

        return [.. bytes];
    }

    private byte[] Input(bool isRaw)
    {
        string datatype = s_datatypes[random.Next(s_datatypes.Length)];
        List<byte[]> fields = [Text(1), Field(output => WriteText(output, 2, datatype)), .. Shape(), .. Parameters(4), .. Unknown()];
        if (!isRaw)
        {
            for (int pieces = random.Next(0, 3); pieces > 0; pieces--)
            {
                fields.Add(Delimited(5, Contents(datatype)));
            }
        }

        return Join(fields);
    }

    private IEnumerable<byte[]> Shape()
    {
        long[] dimensions = [.. Enumerable.Range(0, random.Next(0, 5)).Select(_ => random.Next(8) == 0 ? random.NextInt64(long.MinValue, long.MaxValue) : random.Next(0, 300))];
        if (random.Next(2) == 0)
        {
            return [Delimited(3, Field(output => Array.ForEach(dimensions, output.WriteInt64)))];
        }

        return dimensions.Select(dimension => Field(output =>
        {
            output.WriteTag(3, WireFormat.WireType.Varint);
            output.WriteInt64(dimension);
        }));
    }

    private byte[] Contents(string datatype)
    {
        InferTensorContents contents = new();
        for (int count = random.Next(0, 20); count > 0; count--)
        {
            switch (datatype)
            {
                case "BOOL":
                    contents.BoolContents.Add(random.Next(2) == 0);
                    break;
                case "INT8" or "INT16" or "INT32":
                    contents.IntContents.Add(random.Next(20) == 0 ? random.Next(int.MinValue, int.MaxValue) : random.Next(-128, 128));
                    break;
                case "INT64":
                    contents.Int64Contents.Add(random.NextInt64(long.MinValue, long.MaxValue));
                    break;
                case "UINT8" or "UINT16" or "UINT32":
                    contents.UintContents.Add(random.Next(20) == 0 ? (uint)random.NextInt64(0, uint.MaxValue) : (uint)random.Next(256));
                    break;
                case "UINT64":
                    contents.Uint64Contents.Add((ulong)random.NextInt64(long.MinValue, long.MaxValue));
                    break;
                case "FP32":
                    contents.Fp32Contents.Add(random.NextSingle());
                    break;
                case "FP64":
                    contents.Fp64Contents.Add(random.NextDouble());
                    break;
                default:
                    contents.BytesContents.Add(ByteString.CopyFrom(RandomBytes(random.Next(0, 40))));
                    break;
            }
        }

        return contents.ToByteArray();
    }

    private IEnumerable<byte[]> Parameters(int field)
    {
        for (int i = random.Next(-3, 3); i > 0; i--)
        {
            InferParameter value = random.Next(5) switch
            {
                0 => new() { BoolParam = true },
                1 => new() { Int64Param = random.NextInt64() },
                2 => new() { DoubleParam = random.NextDouble() },
                3 => new() { Uint64Param = (ulong)random.NextInt64() },
                _ => new() { StringParam = s_texts[random.Next(s_texts.Length)] },
            };
            yield return Delimited(field, Join([Text(1), Delimited(2, value.ToByteArray())]));
        }
    }

    private IEnumerable<byte[]> Unknown()
    {
        if (random.Next(3) == 0)
        {
            int number = random.Next(20, 3000);
            yield return random.Next(4) switch
            {
                0 => Delimited(number, RandomBytes(random.Next(0, 30))),
                1 => Field(output =>
                {
                    output.WriteTag(number, WireFormat.WireType.Varint);
                    output.WriteUInt64((ulong)random.NextInt64());
                }),
                2 => Field(output =>
                {
                    output.WriteTag(number, WireFormat.WireType.Fixed64);
                    output.WriteFixed64(1);
                }),

                // A known field number with another wire type is an unknown field, too.
                _ => Field(output =>
                {
                    output.WriteTag(random.Next(1, 8), WireFormat.WireType.Fixed32);
                    output.WriteFixed32(1);
                }),
            };
        }
    }

    private byte[] Text(int field) => Field(output => WriteText(output, field, s_texts[random.Next(s_texts.Length)]));

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

    private static void WriteText(CodedOutputStream output, int field, string text)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(text);
    }

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
