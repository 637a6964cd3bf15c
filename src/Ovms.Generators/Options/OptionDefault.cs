using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Ovms.Generators.Options;

/// <summary>
/// Reads a property's initializer as it would be written on the command line. Help and schema are constants, so the text must be known
/// at compile time: a constant, or a call with one constant string, as in <c>BindAddresses.Of("0.0.0.0")</c>.
/// </summary>
internal static class OptionDefault
{
    /// <summary>Returns false if there is an initializer whose text is not known at compile time.</summary>
    public static bool TryRead(IPropertySymbol property, OptionKind? kind, bool isNullable, Compilation compilation, out string? text)
    {
        text = null;
        ExpressionSyntax? initializer = property.DeclaringSyntaxReferences
            .Select(static reference => reference.GetSyntax() as PropertyDeclarationSyntax)
            .FirstOrDefault(static syntax => syntax?.Initializer is not null)?.Initializer!.Value;
        if (initializer is null)
        {
            text = isNullable || kind is OptionKind.Text or OptionKind.Self or null ? null
                : kind == OptionKind.Flag ? "false"
                : kind == OptionKind.Choice ? NameOf(property.Type, 0)
                : "0";
            return true;
        }

        SemanticModel model = compilation.GetSemanticModel(initializer.SyntaxTree);
        if (model.GetConstantValue(initializer) is { HasValue: true } constant)
        {
            text = kind == OptionKind.Choice ? NameOf(property.Type, constant.Value) : Format(constant.Value);
            return true;
        }

        ArgumentListSyntax? arguments = initializer switch
        {
            InvocationExpressionSyntax call => call.ArgumentList,
            BaseObjectCreationExpressionSyntax creation => creation.ArgumentList,
            _ => null,
        };
        if (arguments?.Arguments.Count == 1
            && model.GetConstantValue(arguments.Arguments[0].Expression) is { HasValue: true, Value: string argument })
        {
            text = argument;
            return true;
        }

        return false;
    }

    private static string? NameOf(ITypeSymbol type, object? value) =>
        OptionTypes.WithoutNull(type, out _).GetMembers().OfType<IFieldSymbol>()
            .FirstOrDefault(field => field.IsConst && Equals(field.ConstantValue, value))?.Name;

    private static string? Format(object? value) => value switch
    {
        null => null,
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };
}
