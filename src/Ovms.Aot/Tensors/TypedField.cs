using Ovms.Native;
using Ovms.Status;
using Ovms.Wire;

namespace Ovms.Tensors;

/// <summary>A field of TensorFlow's <c>TensorProto</c> with values of one element type, and the table of these fields.</summary>
/// <param name="name">The field's name.</param>
/// <param name="number">The field's number in the protocol.</param>
/// <param name="repeatsLast">Whether a list that is too short continues with its last value, as TensorFlow defines it. False for the
/// fields that the original server reads: it rejects a short list there.</param>
internal abstract class TypedField(string name, int number, bool repeatsLast)
{
    private static readonly TypedField s_bool = new ValueField<byte, BooleanFormat>("bool_val", 11, "DT_BOOL");
    private static readonly TypedField s_i8 = new ValueField<sbyte, IntegerFormat<sbyte, int>>("int_val", 7, "DT_INT8");
    private static readonly TypedField s_i16 = new ValueField<short, IntegerFormat<short, int>>("int_val", 7, "DT_INT16");
    private static readonly TypedField s_i32 = new ValueField<int, IntegerFormat<int, int>>("int_val", 7, "DT_INT32");
    private static readonly TypedField s_i64 = new ValueField<long, IntegerFormat<long, long>>("int64_val", 10, "DT_INT64");
    private static readonly TypedField s_u8 = new ValueField<byte, IntegerFormat<byte, int>>("int_val", 7, "DT_UINT8");
    private static readonly TypedField s_u16 =
        new ValueField<ushort, IntegerFormat<ushort, int>>("int_val", 7, "DT_UINT16", repeatsLast: false);
    private static readonly TypedField s_u32 = new ValueField<uint, IntegerFormat<uint, uint>>("uint32_val", 16, "DT_UINT32");
    private static readonly TypedField s_u64 = new ValueField<ulong, IntegerFormat<ulong, ulong>>("uint64_val", 17, "DT_UINT64");

    // Both 16-bit floats are sent as their bits in an integer.
    private static readonly TypedField s_f16 =
        new ValueField<ushort, IntegerFormat<ushort, int>>("half_val", 13, "DT_HALF", repeatsLast: false);
    private static readonly TypedField s_bf16 = new ValueField<ushort, IntegerFormat<ushort, int>>("half_val", 13, "DT_BFLOAT16");
    private static readonly TypedField s_f32 = new ValueField<float, SingleFormat>("float_val", 5, "DT_FLOAT");
    private static readonly TypedField s_f64 = new ValueField<double, DoubleFormat>("double_val", 6, "DT_DOUBLE");
    private static readonly TypedField s_string = new TextField("string_val", 8);

    /// <summary>The field's name.</summary>
    public string Name => name;

    /// <summary>The field's number in the protocol.</summary>
    public int Number => number;

    /// <summary>Whether a list that is too short continues with its last value.</summary>
    public bool RepeatsLast => repeatsLast;

    /// <summary>The field of a type; null if TensorFlow has none.</summary>
    public static TypedField? Of(TensorMarshaler marshaler) => marshaler.ElementType switch
    {
        ElementType.Boolean => s_bool,
        ElementType.I8 => s_i8,
        ElementType.I16 => s_i16,
        ElementType.I32 => s_i32,
        ElementType.I64 => s_i64,
        ElementType.U8 => s_u8,
        ElementType.U16 => s_u16,
        ElementType.U32 => s_u32,
        ElementType.U64 => s_u64,
        ElementType.F16 => s_f16,
        ElementType.BF16 => s_bf16,
        ElementType.F32 => s_f32,
        ElementType.F64 => s_f64,
        ElementType.String => s_string,
        _ => null,
    };

    /// <summary>Reads all values of the field in a TensorProto into raw form and skips all other fields.</summary>
    /// <param name="tensor">The TensorProto's bytes.</param>
    /// <param name="destination">Receives the elements.</param>
    /// <param name="count">Number of values read.</param>
    /// <returns>A failure for values out of the type's range.</returns>
    /// <exception cref="MalformedProtoException">The bytes are not the message.</exception>
    public abstract Outcome Read(ref ProtoReader tensor, NativeBuffer destination, out long count);

    private sealed class ValueField<TElement, TFormat>(string name, int number, string datatype, bool repeatsLast = true)
        : TypedField(name, number, repeatsLast)
        where TElement : unmanaged
        where TFormat : struct, IElementFormat<TElement>
    {
        public override Outcome Read(ref ProtoReader tensor, NativeBuffer destination, out long count)
        {
            PackedValues<TElement, TFormat> values = new(Name, datatype, destination);
            Outcome outcome = Outcome.Ok;
            while (outcome.IsOk && tensor.TryReadTag(out int field, out WireType type))
            {
                if (field == Number && type == WireType.LengthDelimited)
                {
                    outcome = values.Read(tensor.ReadLengthDelimited());
                }
                else if (field == Number && type == TFormat.Wire)
                {
                    outcome = values.ReadOne(ref tensor, type);
                }
                else
                {
                    tensor.Skip(type);
                }
            }

            count = values.Count;
            return outcome;
        }
    }

    private sealed class TextField(string name, int number) : TypedField(name, number, repeatsLast: false)
    {
        public override Outcome Read(ref ProtoReader tensor, NativeBuffer destination, out long count)
        {
            count = 0;
            while (tensor.TryReadTag(out int field, out WireType type))
            {
                if (field != Number || type != WireType.LengthDelimited)
                {
                    tensor.Skip(type);
                    continue;
                }

                if (!BytesForm.TryAppend(destination, tensor.ReadLengthDelimited()))
                {
                    return destination.TooLarge();
                }

                count++;
            }

            return Outcome.Ok;
        }
    }
}
