using Microsoft.CodeAnalysis;
using Ovms.Generators.Infrastructure;
using Ovms.Tensors;

namespace Ovms.Generators.Tensors;

/// <summary>Reads the attributed enum as <see cref="ElementTypeRows"/>; there is no table if a row has a fault.</summary>
internal static class ElementTypeParser
{
    public static Parsed<ElementTypeRows> Parse(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        INamedTypeSymbol type = (INamedTypeSymbol)context.TargetSymbol;
        List<ElementTypeRow> rows = [];
        List<DiagnosticInfo> diagnostics = [];
        foreach (IFieldSymbol member in type.GetMembers().OfType<IFieldSymbol>().Where(static f => f.HasConstantValue))
        {
            cancellation.ThrowIfCancellationRequested();
            AttributeData? attribute = member.GetAttributes()
                .FirstOrDefault(static a => a.AttributeClass?.ToDisplayString() == typeof(ElementTypeAttribute).FullName);
            if (attribute is null)
            {
                diagnostics.Add(DiagnosticInfo.Create(Diagnostics.MissingElementType, LocationInfo.From(member), member.Name));
                continue;
            }

            ElementTypeRow row = ReadRow(member.Name, attribute);
            if (FaultOf(row, rows) is string fault)
            {
                diagnostics.Add(DiagnosticInfo.Create(Diagnostics.InvalidElementType, LocationInfo.From(member), member.Name, fault));
            }

            rows.Add(row);
        }

        ElementTypeRows? table = diagnostics.Count > 0
            ? null
            : new ElementTypeRows(
                type.ContainingNamespace.IsGlobalNamespace ? null : type.ContainingNamespace.ToDisplayString(),
                type.Name,
                rows.ToEquatableArray());
        return new Parsed<ElementTypeRows>(table, diagnostics.ToEquatableArray());
    }

    private static ElementTypeRow ReadRow(string member, AttributeData attribute)
    {
        // Arguments that do not compile are missing here. The compiler reports them; this code must only not fail.
        object? Positional(int index) =>
            attribute.ConstructorArguments.Length > index ? attribute.ConstructorArguments[index].Value : null;
        object? Named(string name) => attribute.NamedArguments.FirstOrDefault(argument => argument.Key == name).Value.Value;
        string datatype = Positional(0) as string ?? "";
        return new ElementTypeRow(
            member,
            datatype,
            Named(nameof(ElementTypeAttribute.Precision)) as string ?? datatype,
            Named(nameof(ElementTypeAttribute.Tfs)) as string,
            Named(nameof(ElementTypeAttribute.Clr)) as string,
            (ElementForm)(Positional(1) as int? ?? 0),
            Positional(2) as int? ?? 0,
            Named(nameof(ElementTypeAttribute.UnitBits)) as int? ?? 8,
            (ContentsField)(Named(nameof(ElementTypeAttribute.Contents)) as int? ?? 0));
    }

    private static string? FaultOf(ElementTypeRow row, List<ElementTypeRow> earlier)
    {
        bool sized = row.Form is ElementForm.Boolean or ElementForm.Integer or ElementForm.Float or ElementForm.Packed;
        bool valued = row.Form is ElementForm.Boolean or ElementForm.Integer or ElementForm.Float;
        return row.Datatype.Length == 0 ? "has no datatype: callers could not name it"
            : earlier.Find(other => other.Datatype == row.Datatype) is ElementTypeRow taken
                ? $"has the datatype '{row.Datatype}', which {taken.Member} has already"
            : sized && row.Bits is < 1 or > 64 ? $"has {row.Bits} bits: 1 to 64 are possible"
            : !sized && row.Bits != 0 ? $"has {row.Bits} bits: a type of form {row.Form} has 0"
            : row.UnitBits is < 8 or > 128 || row.UnitBits % 8 != 0
                ? $"has a unit of {row.UnitBits} bits: a whole number of bytes, up to 16, is possible"
            : valued && row.Clr is null ? "has no Clr: the marshaler needs the type of one element"
            : (valued || row.Form == ElementForm.Text) && row.Contents == ContentsField.None
                ? "has no Contents: typed contents must have a field for it"
            : row.Form == ElementForm.Float && FormatOf(row) is null
                ? $"is a float of the type '{row.Clr}', for which no format exists"
            : row.Form == ElementForm.Integer && FormatOf(row) is null
                ? $"is an integer carried by {row.Contents}, which holds no integers"
            : null;
    }

    /// <summary>The hand-written format struct of a row; null if there is none.</summary>
    internal static string? FormatOf(ElementTypeRow row) => row.Form switch
    {
        ElementForm.Boolean => "BooleanFormat",
        ElementForm.Integer when FieldType(row.Contents) is string field => $"IntegerFormat<{row.Clr}, {field}>",
        ElementForm.Float => row.Clr switch
        {
            "float" => "SingleFormat",
            "double" => "DoubleFormat",
            "System.Half" => "HalfFormat",
            "Ovms.Tensors.BFloat16" => "BFloat16Format",
            _ => null,
        },
        _ => null,
    };

    private static string? FieldType(ContentsField field) => field switch
    {
        ContentsField.Int => "int",
        ContentsField.Int64 => "long",
        ContentsField.UInt => "uint",
        ContentsField.UInt64 => "ulong",
        _ => null,
    };
}
