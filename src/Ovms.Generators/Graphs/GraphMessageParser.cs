using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Ovms.Configuration.Graphs;
using Ovms.Generators.Infrastructure;

namespace Ovms.Generators.Graphs;

/// <summary>Reads the attributed record as a <see cref="GraphMessage"/>; there is none if a field has a fault.</summary>
internal static class GraphMessageParser
{
    private const string Tree = "Ovms.Configuration.Graphs.ProtoMessage";
    private const string Place = "Ovms.Configuration.Graphs.ProtoPlace";

    public static Parsed<GraphMessage> Parse(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        INamedTypeSymbol type = (INamedTypeSymbol)context.TargetSymbol;
        List<GraphField> fields = [];
        List<DiagnosticInfo> diagnostics = [];
        HashSet<int> numbers = [];
        string? place = null;
        foreach (IPropertySymbol property in type.GetMembers().OfType<IPropertySymbol>())
        {
            cancellation.ThrowIfCancellationRequested();
            AttributeData? attribute = property.GetAttributes()
                .FirstOrDefault(static a => a.AttributeClass?.ToDisplayString() == typeof(GraphFieldAttribute).FullName);
            if (attribute is null)
            {
                place = property.Type.ToDisplayString() == Place ? property.Name : place;
                continue;
            }

            int number = attribute.ConstructorArguments.FirstOrDefault().Value as int? ?? 0;
            bool isRequired = attribute.NamedArguments.Any(
                static a => a.Key == nameof(GraphFieldAttribute.Required) && a.Value.Value is true);
            GraphField? field = FieldOf(property, isRequired);
            string? fault = number < 1 ? $"has the number {number}; numbers begin with 1"
                : !numbers.Add(number) ? $"has the number {number}, which another field has"
                : field is null ? $"is of type '{property.Type.ToDisplayString()}', which no field can have"
                : null;
            if (fault is not null)
            {
                diagnostics.Add(DiagnosticInfo.Create(Diagnostics.InvalidGraphField, LocationInfo.From(property), property.Name, fault));
            }
            else
            {
                fields.Add(field!);
            }
        }

        GraphMessage? message = diagnostics.Count > 0
            ? null
            : new GraphMessage(
                type.ContainingNamespace.IsGlobalNamespace ? null : type.ContainingNamespace.ToDisplayString(),
                SyntaxFacts.GetText(type.DeclaredAccessibility),
                type.Name,
                context.Attributes[0].ConstructorArguments.FirstOrDefault().Value as string ?? "",
                place,
                fields.ToEquatableArray());
        return new Parsed<GraphMessage>(message, diagnostics.ToEquatableArray());
    }

    private static GraphField? FieldOf(IPropertySymbol property, bool isRequired)
    {
        ITypeSymbol type = property.Type;
        GraphFieldForm form = GraphFieldForm.One;
        if (type is INamedTypeSymbol { TypeArguments.Length: > 0 } generic)
        {
            switch (generic.OriginalDefinition.ToDisplayString())
            {
                case "System.Collections.Immutable.ImmutableArray<T>":
                    (form, type) = (GraphFieldForm.Many, generic.TypeArguments[0]);
                    break;
                case "System.Collections.Generic.IReadOnlyDictionary<TKey, TValue>"
                    when generic.TypeArguments[0].SpecialType == SpecialType.System_String:
                    (form, type) = (GraphFieldForm.Map, generic.TypeArguments[1]);
                    break;
                case "T?":
                    type = generic.TypeArguments[0];
                    break;
                default:
                    return null;
            }
        }

        type = type.WithNullableAnnotation(NullableAnnotation.NotAnnotated);
        return KindOf(type) is { } kind
            ? new GraphField(
                property.Name, SnakeCase(property.Name, char.ToLowerInvariant),
                type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat), kind, form, isRequired, MembersOf(type))
            : null;
    }

    private static GraphValueKind? KindOf(ITypeSymbol type) => type switch
    {
        {
            SpecialType: SpecialType.System_String or SpecialType.System_Boolean or SpecialType.System_Int32 or SpecialType.System_Int64
                or SpecialType.System_UInt64 or SpecialType.System_Single or SpecialType.System_Double,
        } => GraphValueKind.Scalar,
        { TypeKind: TypeKind.Enum } => GraphValueKind.Enum,
        _ when type.ToDisplayString() == Tree => GraphValueKind.Raw,
        _ when type.GetAttributes().Any(static a => a.AttributeClass?.ToDisplayString() == typeof(GraphMessageAttribute).FullName) =>
            GraphValueKind.Message,
        _ => null,
    };

    private static EquatableArray<GraphEnumMember> MembersOf(ITypeSymbol type) => type.TypeKind != TypeKind.Enum
        ? new EquatableArray<GraphEnumMember>([])
        : type.GetMembers().OfType<IFieldSymbol>().Where(static member => member.HasConstantValue)
            .Select(static member => new GraphEnumMember(
                SnakeCase(member.Name, char.ToUpperInvariant), member.Name, Convert.ToInt64(member.ConstantValue)))
            .ToEquatableArray();

    // Digits are a word of their own, as in ROTATION_90.
    private static string SnakeCase(string name, Func<char, char> letter)
    {
        StringBuilder text = new();
        for (int i = 0; i < name.Length; i++)
        {
            bool begins = i > 0 && (char.IsUpper(name[i]) || (char.IsDigit(name[i]) && !char.IsDigit(name[i - 1])));
            text.Append(begins ? "_" : "").Append(letter(name[i]));
        }

        return text.ToString();
    }
}
