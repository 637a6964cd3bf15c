namespace Ovms.Tensors;

/// <summary>Names of the fields of <c>InferTensorContents</c>, for messages.</summary>
internal static class ContentsFields
{
    private static readonly string[] s_names =
    [
        "no field",
        "bool_contents",
        "int_contents",
        "int64_contents",
        "uint_contents",
        "uint64_contents",
        "fp32_contents",
        "fp64_contents",
        "bytes_contents",
    ];

    /// <summary>The field's name in the .proto file.</summary>
    public static string Name(this ContentsField field) => s_names[(int)field];

    /// <summary>Whether the message has a field with this number.</summary>
    public static bool Has(int number) => number is > (int)ContentsField.None and <= (int)ContentsField.Bytes;
}
