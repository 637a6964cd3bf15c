using System.Runtime.InteropServices;
using Google.Protobuf;
using Ovms.Native;
using Ovms.Tensors;

namespace Ovms.Tests.Tensors;

/// <summary>Edge values of one element type in all three forms, made without any code of the marshalers.</summary>
/// <param name="Raw">Little-endian elements.</param>
/// <param name="Contents">An InferTensorContents message that protobuf's own library wrote.</param>
/// <param name="Json">The flat array.</param>
/// <param name="Count">How many values there are.</param>
public sealed record ElementCase(ElementType Type, byte[] Raw, byte[] Contents, string Json, int Count)
{
    /// <inheritdoc/>
    public override string ToString() => Type.ToString();
}

/// <summary>Every element type; the contract tests run over it.</summary>
public static class Registry
{
    /// <summary>All that the engine has.</summary>
    public static IEnumerable<ElementType> All() => Enum.GetValues<ElementType>();

    /// <summary>All that a tensor can have.</summary>
    public static IEnumerable<ElementType> Servable() => All().Where(static type => type != ElementType.Dynamic);

    /// <summary>Those that travel in raw form only.</summary>
    public static IEnumerable<ElementType> RawOnly() => Servable().Except(Cases().Select(static @case => @case().Type));

    /// <summary>Those that every form carries, with their edge values.</summary>
    public static IEnumerable<Func<ElementCase>> Cases()
    {
        yield return () => Case<byte, bool>(ElementType.Boolean, ContentsField.Bool, [0, 1, 1], [false, true, true], "[false,true,true]", static (o, v) => o.WriteBool(v));
        yield return () => Case<sbyte, int>(ElementType.I8, ContentsField.Int, [-128, -1, 0, 127], [-128, -1, 0, 127], "[-128,-1,0,127]", static (o, v) => o.WriteInt32(v));
        yield return () => Case<byte, uint>(ElementType.U8, ContentsField.UInt, [0, 1, 255], [0, 1, 255], "[0,1,255]", static (o, v) => o.WriteUInt32(v));
        yield return () => Case<short, int>(ElementType.I16, ContentsField.Int, [-32768, -1, 32767], [-32768, -1, 32767], "[-32768,-1,32767]", static (o, v) => o.WriteInt32(v));
        yield return () => Case<ushort, uint>(ElementType.U16, ContentsField.UInt, [0, 65535], [0, 65535], "[0,65535]", static (o, v) => o.WriteUInt32(v));
        yield return () => Case<int, int>(ElementType.I32, ContentsField.Int, [int.MinValue, -1, int.MaxValue], [int.MinValue, -1, int.MaxValue], "[-2147483648,-1,2147483647]", static (o, v) => o.WriteInt32(v));
        yield return () => Case<uint, uint>(ElementType.U32, ContentsField.UInt, [0, uint.MaxValue], [0, uint.MaxValue], "[0,4294967295]", static (o, v) => o.WriteUInt32(v));

        // 2^53 + 1 and its like are what a double on the way would lose.
        long[] i64 = [long.MinValue, -9007199254740993, 9007199254740993, long.MaxValue];
        yield return () => Case<long, long>(ElementType.I64, ContentsField.Int64, i64, i64, "[-9223372036854775808,-9007199254740993,9007199254740993,9223372036854775807]", static (o, v) => o.WriteInt64(v));
        ulong[] u64 = [0, 9007199254740993, ulong.MaxValue];
        yield return () => Case<ulong, ulong>(ElementType.U64, ContentsField.UInt64, u64, u64, "[0,9007199254740993,18446744073709551615]", static (o, v) => o.WriteUInt64(v));

        // As few digits as tell the type's own values apart: 65500 is no half, the nearest one is 65504.
        yield return () => Case<Half, float>(
            ElementType.F16,
            ContentsField.Fp32,
            [Half.MaxValue, Half.MinValue, Half.Epsilon, Half.NegativeZero, (Half)0.1f, Half.One, Half.PositiveInfinity, Half.NegativeInfinity],
            [65504, -65504, 5.9604645e-8f, -0f, 0.099975586f, 1, float.PositiveInfinity, float.NegativeInfinity],
            """[65500.0,-65500.0,6E-08,-0.0,0.1,1.0,"Infinity","-Infinity"]""",
            static (o, v) => o.WriteFloat(v));
        yield return () => Case<ushort, float>(
            ElementType.BF16,
            ContentsField.Fp32,
            [0x7F7F, 0xFF7F, 0x0001, 0x8000, 0x3DCD, 0x3F80, 0x7F80, 0xFF80],
            [3.3895314e38f, -3.3895314e38f, 9.1835e-41f, -0f, 0.100097656f, 1, float.PositiveInfinity, float.NegativeInfinity],
            """[3.39E+38,-3.39E+38,9E-41,-0.0,0.1,1.0,"Infinity","-Infinity"]""",
            static (o, v) => o.WriteFloat(v));
        float[] f32 = [float.MaxValue, float.MinValue, float.Epsilon, -0f, 0.1f, 16777216, float.PositiveInfinity, float.NegativeInfinity];
        yield return () => Case<float, float>(ElementType.F32, ContentsField.Fp32, f32, f32, """[3.4028235E+38,-3.4028235E+38,1E-45,-0.0,0.1,16777216.0,"Infinity","-Infinity"]""", static (o, v) => o.WriteFloat(v));
        double[] f64 = [double.MaxValue, double.MinValue, double.Epsilon, -0d, 0.1, 9007199254740991, double.PositiveInfinity, double.NegativeInfinity];
        yield return () => Case<double, double>(ElementType.F64, ContentsField.Fp64, f64, f64, """[1.7976931348623157E+308,-1.7976931348623157E+308,5E-324,-0.0,0.1,9007199254740991.0,"Infinity","-Infinity"]""", static (o, v) => o.WriteDouble(v));

        yield return Strings;
    }

    private static ElementCase Strings()
    {
        // Empty; with NUL; not ASCII; with all that JSON escapes; longer than a string object holds itself.
        byte[][] texts = [[], "a\0b"u8.ToArray(), "żółw 🐢"u8.ToArray(), "\"\\\n\t\u0001"u8.ToArray(), [.. Enumerable.Repeat((byte)'x', 100)]];
        List<byte> raw = [];
        foreach (byte[] text in texts)
        {
            raw.AddRange(BitConverter.GetBytes((uint)text.Length));
            raw.AddRange(text);
        }

        byte[] contents = Message(output =>
        {
            foreach (byte[] text in texts)
            {
                output.WriteTag((int)ContentsField.Bytes, WireFormat.WireType.LengthDelimited);
                output.WriteBytes(ByteString.CopyFrom(text));
            }
        });
        string json = """["","a\u0000b","żółw \uD83D\uDC22","\"\\\n\t\u0001",""" + "\"" + new string('x', 100) + "\"]";
        return new ElementCase(ElementType.String, [.. raw], contents, json, texts.Length);
    }

    private static ElementCase Case<TElement, TField>(
        ElementType type, ContentsField field, TElement[] raw, TField[] values, string json, Action<CodedOutputStream, TField> write)
        where TElement : unmanaged
    {
        byte[] packed = Message(output => Array.ForEach(values, value => write(output, value)));
        byte[] contents = Message(output =>
        {
            output.WriteTag((int)field, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(packed));
        });
        return new ElementCase(type, MemoryMarshal.AsBytes(raw).ToArray(), contents, json, raw.Length);
    }

    /// <summary>What protobuf's own library writes.</summary>
    internal static byte[] Message(Action<CodedOutputStream> write)
    {
        using MemoryStream stream = new();
        CodedOutputStream output = new(stream);
        write(output);
        output.Flush();
        return stream.ToArray();
    }
}
