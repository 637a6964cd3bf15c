namespace Ovms.Tensors;

/// <summary>Marks the enum that is the table of element types; each member carries an <see cref="ElementTypeAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Enum)]
internal sealed class ElementTypeTableAttribute : Attribute;

/// <summary>What an element is in JSON and in typed contents; decides which marshaler moves it.</summary>
internal enum ElementForm
{
    /// <summary>No tensor can have it; no datatype names it.</summary>
    None,

    /// <summary>Bits that travel in raw form only.</summary>
    Packed,

    /// <summary>true and false.</summary>
    Boolean,

    /// <summary>Whole numbers.</summary>
    Integer,

    /// <summary>Numbers, NaN and the infinities.</summary>
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
/// <param name="datatype">KServe's name; for types KServe does not know, OpenVINO's in capitals.</param>
/// <param name="form">What an element is outside of raw bytes.</param>
/// <param name="bits">Bits of one element; 0 where the type does not tell.</param>
[AttributeUsage(AttributeTargets.Field)]
internal sealed class ElementTypeAttribute(string datatype, ElementForm form, int bits) : Attribute
{
    /// <summary>KServe's name.</summary>
    public string Datatype { get; } = datatype;

    /// <summary>What an element is outside of raw bytes.</summary>
    public ElementForm Form { get; } = form;

    /// <summary>Bits of one element.</summary>
    public int Bits { get; } = bits;

    /// <summary>Bits that are stored together: a tensor takes a whole number of these units.</summary>
    public int UnitBits { get; init; } = 8;

    /// <summary>The name in texts that users of the original know; the same as <see cref="Datatype"/> when not given.</summary>
    public string? Precision { get; init; }

    /// <summary>TensorFlow Serving's name; null where it has none.</summary>
    public string? Tfs { get; init; }

    /// <summary>The C# type of one element, by its full name because not every framework that reads this table has it.</summary>
    public string? Clr { get; init; }

    /// <summary>Where typed contents carry it.</summary>
    public ContentsField Contents { get; init; }
}
