namespace Ovms.Tensors;

/// <summary>
/// Every element type of OpenVINO: its names in each API, its size and its form. This is the only source of these facts; the marshalers
/// and the typed signatures of models are generated from it. Members have OpenVINO's names.
/// </summary>
[ElementTypeTable]
internal enum ElementTypeTable
{
    /// <summary>A port whose type is known only after inference; cannot be served.</summary>
    [ElementType("UNDEFINED", ElementForm.None, 0)]
    Dynamic,

    /// <summary>One byte, 0 or 1.</summary>
    [ElementType("BOOL", ElementForm.Boolean, 8, Tfs = "DT_BOOL", Clr = "bool", Contents = ContentsField.Bool)]
    Boolean,

    /// <summary>The upper half of a single. The original server does not support it.</summary>
    [ElementType("BF16", ElementForm.Float, 16, Tfs = "DT_BFLOAT16", Clr = "Ovms.Tensors.BFloat16", Contents = ContentsField.Fp32)]
    BF16,

    /// <summary>IEEE half. The original server supports it in raw form only.</summary>
    [ElementType("FP16", ElementForm.Float, 16, Tfs = "DT_HALF", Clr = "System.Half", Contents = ContentsField.Fp32)]
    F16,

    /// <summary>IEEE single.</summary>
    [ElementType("FP32", ElementForm.Float, 32, Tfs = "DT_FLOAT", Clr = "float", Contents = ContentsField.Fp32)]
    F32,

    /// <summary>IEEE double.</summary>
    [ElementType("FP64", ElementForm.Float, 64, Tfs = "DT_DOUBLE", Clr = "double", Contents = ContentsField.Fp64)]
    F64,

    /// <summary>Signed, two in a byte.</summary>
    [ElementType("I4", ElementForm.Packed, 4)]
    I4,

    /// <summary>Signed, 8 bits.</summary>
    [ElementType("INT8", ElementForm.Integer, 8, Precision = "I8", Tfs = "DT_INT8", Clr = "sbyte", Contents = ContentsField.Int)]
    I8,

    /// <summary>Signed, 16 bits.</summary>
    [ElementType("INT16", ElementForm.Integer, 16, Precision = "I16", Tfs = "DT_INT16", Clr = "short", Contents = ContentsField.Int)]
    I16,

    /// <summary>Signed, 32 bits.</summary>
    [ElementType("INT32", ElementForm.Integer, 32, Precision = "I32", Tfs = "DT_INT32", Clr = "int", Contents = ContentsField.Int)]
    I32,

    /// <summary>Signed, 64 bits.</summary>
    [ElementType("INT64", ElementForm.Integer, 64, Precision = "I64", Tfs = "DT_INT64", Clr = "long", Contents = ContentsField.Int64)]
    I64,

    /// <summary>Eight in a byte.</summary>
    [ElementType("U1", ElementForm.Packed, 1)]
    U1,

    /// <summary>Four in a byte.</summary>
    [ElementType("U2", ElementForm.Packed, 2)]
    U2,

    /// <summary>Eight in three bytes.</summary>
    [ElementType("U3", ElementForm.Packed, 3, UnitBits = 24)]
    U3,

    /// <summary>Two in a byte.</summary>
    [ElementType("U4", ElementForm.Packed, 4)]
    U4,

    /// <summary>Four in three bytes.</summary>
    [ElementType("U6", ElementForm.Packed, 6, UnitBits = 24)]
    U6,

    /// <summary>Unsigned, 8 bits.</summary>
    [ElementType("UINT8", ElementForm.Integer, 8, Precision = "U8", Tfs = "DT_UINT8", Clr = "byte", Contents = ContentsField.UInt)]
    U8,

    /// <summary>Unsigned, 16 bits.</summary>
    [ElementType("UINT16", ElementForm.Integer, 16, Precision = "U16", Tfs = "DT_UINT16", Clr = "ushort", Contents = ContentsField.UInt)]
    U16,

    /// <summary>Unsigned, 32 bits.</summary>
    [ElementType("UINT32", ElementForm.Integer, 32, Precision = "U32", Tfs = "DT_UINT32", Clr = "uint", Contents = ContentsField.UInt)]
    U32,

    /// <summary>Unsigned, 64 bits.</summary>
    [ElementType("UINT64", ElementForm.Integer, 64, Precision = "U64", Tfs = "DT_UINT64", Clr = "ulong", Contents = ContentsField.UInt64)]
    U64,

    /// <summary>4-bit NormalFloat, two in a byte.</summary>
    [ElementType("NF4", ElementForm.Packed, 4)]
    NF4,

    /// <summary>Float of 4 exponent and 3 mantissa bits.</summary>
    [ElementType("F8E4M3", ElementForm.Packed, 8)]
    F8E4M3,

    /// <summary>Float of 5 exponent and 2 mantissa bits.</summary>
    [ElementType("F8E5M2", ElementForm.Packed, 8)]
    F8E5M2,

    /// <summary>Strings of any bytes; the shape does not determine their size.</summary>
    [ElementType("BYTES", ElementForm.Text, 0, Precision = "STRING", Tfs = "DT_STRING", Clr = "string", Contents = ContentsField.Bytes)]
    String,

    /// <summary>Float of 2 exponent bits and 1 mantissa bit, two in a byte.</summary>
    [ElementType("F4E2M1", ElementForm.Packed, 4)]
    F4E2M1,

    /// <summary>Float of 8 exponent bits: a power of two.</summary>
    [ElementType("F8E8M0", ElementForm.Packed, 8)]
    F8E8M0,
}
