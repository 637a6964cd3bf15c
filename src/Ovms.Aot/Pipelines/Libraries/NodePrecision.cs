using Ovms.Native;

namespace Ovms.Pipelines.Libraries;

/// <summary>Numbers of element types in the interface of custom nodes.</summary>
internal static class NodePrecision
{
    // In the order of the interface; its 0 is "unspecified".
    private static readonly ElementType[] s_types =
    [
        ElementType.Dynamic, ElementType.F32, ElementType.F16, ElementType.U8, ElementType.I8, ElementType.I16, ElementType.U16,
        ElementType.I32, ElementType.F64, ElementType.I64,
    ];

    /// <summary>The type of a number; null if it is unknown or unspecified.</summary>
    public static ElementType? TypeOf(int precision) => precision > 0 && precision < s_types.Length ? s_types[precision] : null;

    /// <summary>The number of a type; 0 if the interface does not have it.</summary>
    public static int Of(ElementType type) => Math.Max(0, Array.IndexOf(s_types, type));
}
