using System.Reflection;
using Ovms.Tensors;

namespace Ovms.Generators.Tensors;

/// <summary>The table of element types as compiled into the generator, for models that are read at compile time.</summary>
internal static class ElementTypes
{
    private static readonly ElementTypeRow[] s_rows = typeof(ElementTypeTable)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(static field => (field.Name, Row: field.GetCustomAttribute<ElementTypeAttribute>()!))
        .Where(static field => field.Row.Form != ElementForm.None)
        .Select(static field => new ElementTypeRow(
            field.Name,
            field.Row.Datatype,
            field.Row.Precision ?? field.Row.Datatype,
            field.Row.Tfs,
            field.Row.Clr,
            field.Row.Form,
            field.Row.Bits,
            field.Row.UnitBits,
            field.Row.Contents))
        .ToArray();

    /// <summary>Finds a type by a Parameter's element_type, for example f32; null if it is unknown.</summary>
    public static ElementTypeRow? OfParameter(string elementType) =>
        Array.Find(s_rows, row => string.Equals(row.Member, elementType, StringComparison.OrdinalIgnoreCase));

    /// <summary>Finds a type by a port's precision, for example FP32; null if it is unknown.</summary>
    public static ElementTypeRow? OfPort(string precision) =>
        Array.Find(s_rows, row => row.Precision == precision || string.Equals(row.Member, precision, StringComparison.OrdinalIgnoreCase));
}
