using Microsoft.CodeAnalysis;
using Ovms.Options;

namespace Ovms.Generators.Options;

/// <summary>Properties of an option's CLR type: how it is parsed, its bounds, its JSON types.</summary>
internal static class OptionTypes
{
    /// <summary>Stands for a type that cannot be parsed; <see cref="OptionChecks"/> then rejects the table.</summary>
    public const OptionKind Unparsable = (OptionKind)(-1);

    public static ITypeSymbol WithoutNull(ITypeSymbol type, out bool isNullable)
    {
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
        {
            isNullable = true;
            return nullable.TypeArguments[0];
        }

        isNullable = type.NullableAnnotation == NullableAnnotation.Annotated;
        return type.WithNullableAnnotation(NullableAnnotation.NotAnnotated);
    }

    public static OptionKind? KindOf(ITypeSymbol type) => type.SpecialType switch
    {
        SpecialType.System_String => OptionKind.Text,
        SpecialType.System_Boolean => OptionKind.Flag,
        SpecialType.System_Int32 => OptionKind.Int32,
        SpecialType.System_UInt32 => OptionKind.UInt32,
        SpecialType.System_Int64 => OptionKind.Int64,
        SpecialType.System_UInt64 => OptionKind.UInt64,
        SpecialType.System_Double => OptionKind.Double,
        _ when type.TypeKind == TypeKind.Enum => OptionKind.Choice,
        _ => type.GetMembers("TryParse").OfType<IMethodSymbol>().Any(m => IsTryParse(m, type)) ? OptionKind.Self : null,
    };

    /// <summary>Members of an enum, in the order of their values; empty for other types.</summary>
    public static IEnumerable<string> MembersOf(ITypeSymbol type) => type.TypeKind == TypeKind.Enum
        ? type.GetMembers().OfType<IFieldSymbol>().Where(static field => field.IsConst).Select(static field => field.Name)
        : [];

    /// <summary>The lower bound of the type, which applies unless a row sets its own.</summary>
    public static long MinOf(OptionKind? kind) => kind switch
    {
        OptionKind.Int32 => int.MinValue,
        OptionKind.UInt32 or OptionKind.UInt64 => 0,
        _ => long.MinValue,
    };

    public static long MaxOf(OptionKind? kind) => kind switch
    {
        OptionKind.Int32 => int.MaxValue,
        OptionKind.UInt32 => uint.MaxValue,
        _ => long.MaxValue,
    };

    public static OptionJson JsonOf(OptionKind? kind, OptionJson given) =>
        given != OptionJson.ByType ? given : kind switch
        {
            OptionKind.Text or OptionKind.Self or OptionKind.Choice => OptionJson.String,
            OptionKind.Flag => OptionJson.Boolean,
            _ => OptionJson.Number,
        };

    // static bool TryParse(ReadOnlySpan<char>, out T, out string? why)
    private static bool IsTryParse(IMethodSymbol method, ITypeSymbol type) =>
        method is { IsStatic: true, DeclaredAccessibility: Accessibility.Public or Accessibility.Internal, Parameters.Length: 3 }
        && method.ReturnType.SpecialType == SpecialType.System_Boolean
        && method.Parameters[0].Type is INamedTypeSymbol { Name: "ReadOnlySpan", Arity: 1 } span
        && span.TypeArguments[0].SpecialType == SpecialType.System_Char
        && method.Parameters[1] is { RefKind: RefKind.Out } value
        && SymbolEqualityComparer.Default.Equals(WithoutNull(value.Type, out _), type)
        && method.Parameters[2] is { RefKind: RefKind.Out, Type.SpecialType: SpecialType.System_String };
}
