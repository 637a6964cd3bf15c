namespace Ovms.Native;

/// <summary>Element types of tensors and ports: <c>ov_element_type_e</c>, same values.</summary>
public enum ElementType
{
    /// <summary>Not known before inference.</summary>
    Dynamic = 0,
    /// <summary>One byte, 0 or 1.</summary>
    Boolean,
    /// <summary>bfloat16.</summary>
    BF16,
    /// <summary>IEEE half.</summary>
    F16,
    /// <summary>IEEE single.</summary>
    F32,
    /// <summary>IEEE double.</summary>
    F64,
    /// <summary>Signed, 4 bits, packed.</summary>
    I4,
    /// <summary>Signed, 8 bits.</summary>
    I8,
    /// <summary>Signed, 16 bits.</summary>
    I16,
    /// <summary>Signed, 32 bits.</summary>
    I32,
    /// <summary>Signed, 64 bits.</summary>
    I64,
    /// <summary>One bit, packed.</summary>
    U1,
    /// <summary>Unsigned, 2 bits, packed.</summary>
    U2,
    /// <summary>Unsigned, 3 bits, packed in groups of eight.</summary>
    U3,
    /// <summary>Unsigned, 4 bits, packed.</summary>
    U4,
    /// <summary>Unsigned, 6 bits, packed in groups of four.</summary>
    U6,
    /// <summary>Unsigned, 8 bits.</summary>
    U8,
    /// <summary>Unsigned, 16 bits.</summary>
    U16,
    /// <summary>Unsigned, 32 bits.</summary>
    U32,
    /// <summary>Unsigned, 64 bits.</summary>
    U64,
    /// <summary>4-bit NormalFloat, packed.</summary>
    NF4,
    /// <summary>8-bit float, 4 exponent and 3 mantissa bits.</summary>
    F8E4M3,
    /// <summary>8-bit float, 5 exponent and 2 mantissa bits (the C header misspells it <c>F8E5M3</c>).</summary>
    F8E5M2,
    /// <summary>Strings: each element is a native string object.</summary>
    String,
    /// <summary>4-bit float, 2 exponent and 1 mantissa bits, packed.</summary>
    F4E2M1,
    /// <summary>8-bit float, 8 exponent bits: a power of two.</summary>
    F8E8M0,
}
