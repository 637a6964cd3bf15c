namespace Ovms.Tensors;

/// <summary>Marks the enum that is the table of element types. Each member has an <see cref="ElementTypeAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Enum)]
internal sealed class ElementTypeTableAttribute : Attribute;

/// <summary>Form of an element in JSON and typed contents; determines its marshaler.</summary>
internal enum ElementForm
{
    /// <summary>No tensor can have the type, and no datatype names it.</summary>
    None,

    /// <summary>Bits without a JSON or typed form; sent in raw form only.</summary>
    Packed,

    /// <summary>true and false.</summary>
    Boolean,

    /// <summary>Integers.</summary>
    Integer,

    /// <summary>Floating-point numbers, NaN and the infinities.</summary>
    Float,

    /// <summary>Strings of bytes.</summary>
    Text,
}

/// <summary>The fields of KServe's <c>InferTensorContents</c> by number.</summary>
internal enum ContentsField
{
    None = 0,
    Bool = 1,
    Int = 2,
    Int64 = 3,
    UInt = 4,
    UInt64 = 5,
    Fp32 = 6,
    Fp64 = 7,
    Bytes = 8,
}

/// <summary>One row of the table of element types. The member's name is OpenVINO's.</summary>
/// <param name="datatype">KServe's name; OpenVINO's name in capitals for types that KServe does not define.</param>
/// <param name="form">Form of an element in JSON and typed contents.</param>
/// <param name="bits">Bits of one element; 0 if the type has no fixed size.</param>
[AttributeUsage(AttributeTargets.Field)]
internal sealed class ElementTypeAttribute(string datatype, ElementForm form, int bits) : Attribute
{
    /// <summary>KServe's name.</summary>
    public string Datatype { get; } = datatype;

    /// <summary>Form of an element in JSON and typed contents.</summary>
    public ElementForm Form { get; } = form;

    /// <summary>Bits of one element.</summary>
    public int Bits { get; } = bits;

    /// <summary>Bits of a storage unit: a tensor takes a whole number of units.</summary>
    public int UnitBits { get; init; } = 8;

    /// <summary>The name in the original server's texts; null if it equals <see cref="Datatype"/>.</summary>
    public string? Precision { get; init; }

    /// <summary>TensorFlow Serving's name; null if it has none.</summary>
    public string? Tfs { get; init; }

    /// <summary>Full name of the C# type of one element; not every framework that reads this table has the type itself.</summary>
    public string? Clr { get; init; }

    /// <summary>The field of typed contents that carries the type.</summary>
    public ContentsField Contents { get; init; }
}
