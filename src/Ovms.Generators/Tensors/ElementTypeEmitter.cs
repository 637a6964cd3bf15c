using Ovms.Generators.Infrastructure;
using Ovms.Tensors;

namespace Ovms.Generators.Tensors;

/// <summary>Emits one marshaler for each row, and two switches to find it.</summary>
internal static class ElementTypeEmitter
{
    private const string ElementType = "global::Ovms.Native.ElementType";

    public static string Emit(ElementTypeRows table)
    {
        CodeWriter writer = CodeWriter.ForFile(table.Namespace);
        writer.Line(CodeWriter.GeneratedCode);
        using (writer.Block("partial class TensorMarshaler"))
        {
            foreach (ElementTypeRow row in table.Rows)
            {
                writer.Line($"private static readonly TensorMarshaler s_{row.Member} = new {ClassOf(row)}({RowOf(row)});");
            }

            writer.Line();
            using (writer.Block($"public static partial TensorMarshaler For({ElementType} type) => type switch", ";"))
            {
                foreach (ElementTypeRow row in table.Rows)
                {
                    writer.Line($"{ElementType}.{row.Member} => s_{row.Member},");
                }

                const string Fault = "nameof(type), type, \"Not a row of the table of element types.\"";
                writer.Line($"_ => throw new global::System.ArgumentOutOfRangeException({Fault}),");
            }

            writer.Line();
            using (writer.Block("public static partial TensorMarshaler? ForDatatype(string datatype) => datatype switch", ";"))
            {
                foreach (ElementTypeRow row in table.Rows.Where(static r => r.Form != ElementForm.None))
                {
                    writer.Line($"{CodeWriter.Literal(row.Datatype)} => s_{row.Member},");
                }

                writer.Line("_ => null,");
            }
        }

        return writer.ToString();
    }

    private static string ClassOf(ElementTypeRow row) => row.Form switch
    {
        ElementForm.Text => "TextMarshaler",
        ElementForm.Packed or ElementForm.None => "PackedMarshaler",

        // Marshalled as a byte: a C# bool may hold only 0 and 1, but raw bytes may hold anything.
        ElementForm.Boolean => "ValueMarshaler<byte, BooleanFormat>",
        _ => $"ValueMarshaler<{Qualified(row.Clr!)}, {ElementTypeParser.FormatOf(row)}>",
    };

    private static string Qualified(string clr) => clr.Contains('.') ? "global::" + clr : clr;

    private static string RowOf(ElementTypeRow row) => "new ElementTypeRow(" + string.Join(", ",
        $"{ElementType}.{row.Member}",
        CodeWriter.Literal(row.Datatype),
        CodeWriter.Literal(row.Precision),
        CodeWriter.Literal(row.Tfs),
        CodeWriter.Literal(row.Bits),
        CodeWriter.Literal(row.UnitBits),
        $"ContentsField.{row.Contents}") + ")";
}
