using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Ovms.Generators.Infrastructure;
using Ovms.Options;

namespace Ovms.Generators.Options;

/// <summary>Reads the attributed record as an <see cref="OptionTable"/>; there is no table if a row has a fault.</summary>
internal static class OptionTableParser
{
    public static Parsed<OptionTable> Parse(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        INamedTypeSymbol type = (INamedTypeSymbol)context.TargetSymbol;
        AttributeArguments table = new(context.Attributes[0]);
        string section = table.Text(nameof(OptionTableAttribute.Section)) ?? "";
        List<(OptionModel Option, LocationInfo? Location)> rows = [];
        List<DiagnosticInfo> diagnostics = [];
        foreach (IPropertySymbol property in type.GetMembers().OfType<IPropertySymbol>())
        {
            cancellation.ThrowIfCancellationRequested();
            AttributeData? attribute = property.GetAttributes()
                .FirstOrDefault(static a => a.AttributeClass?.ToDisplayString() == typeof(OptionAttribute).FullName);
            if (attribute is not null)
            {
                LocationInfo? location = LocationInfo.From(property);
                AttributeArguments arguments = new(attribute);
                Compilation compilation = context.SemanticModel.Compilation;
                OptionModel option = ReadOption(property, arguments, section, compilation, out bool isDefaultKnown);
                diagnostics.AddRange(OptionChecks.CheckAlone(option, isDefaultKnown, location));
                rows.Add((option, location));
            }
        }

        diagnostics.AddRange(OptionChecks.CheckTogether(rows));
        OptionTable? model = diagnostics.Count > 0
            ? null
            : new OptionTable(
                type.ContainingNamespace.IsGlobalNamespace ? null : type.ContainingNamespace.ToDisplayString(),
                SyntaxFacts.GetText(type.DeclaredAccessibility),
                type.Name,
                rows.Select(static row => row.Option).ToEquatableArray());
        return new Parsed<OptionTable>(model, diagnostics.ToEquatableArray());
    }

    private static OptionModel ReadOption(
        IPropertySymbol property, AttributeArguments arguments, string section, Compilation compilation, out bool isDefaultKnown)
    {
        OptionAttribute defaults = new("");
        string name = arguments.Constructor(0) as string ?? "";
        ITypeSymbol type = OptionTypes.WithoutNull(property.Type, out bool isNullable);
        OptionKind? kind = OptionTypes.KindOf(type);
        isDefaultKnown = OptionDefault.TryRead(property, kind, isNullable, compilation, out string? defaultValue);
        EquatableArray<string> members = OptionTypes.MembersOf(type).ToEquatableArray();
        EquatableArray<string> allowed = arguments.Texts(nameof(OptionAttribute.Allowed));
        if (kind == OptionKind.Choice)
        {
            // A row may spell the members' names differently, as users of the original server write them.
            allowed = allowed.Count > 0 ? allowed : members.Select(static member => member.ToLowerInvariant()).ToEquatableArray();
            defaultValue =
                allowed.FirstOrDefault(text => string.Equals(text, defaultValue, StringComparison.OrdinalIgnoreCase)) ?? defaultValue;
        }

        return new OptionModel
        {
            Property = property.Name,
            ClrType = type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat),
            Kind = kind ?? OptionTypes.Unparsable,
            IsNullable = isNullable,
            Name = name,
            Aliases = arguments.Texts(nameof(OptionAttribute.Aliases)),
            ConfigName = arguments.Text(nameof(OptionAttribute.ConfigName)) ?? name,
            In = (OptionPlace)(arguments.Number(nameof(OptionAttribute.In)) ?? (int)defaults.In),
            Change = (OptionChange)(arguments.Number(nameof(OptionAttribute.Change)) ?? (int)defaults.Change),
            Json = OptionTypes.JsonOf(kind, (OptionJson)(arguments.Number(nameof(OptionAttribute.Json)) ?? 0)),
            RequiredInConfig = arguments.Flag(nameof(OptionAttribute.RequiredInConfig)),
            Placeholder = arguments.Text(nameof(OptionAttribute.Placeholder)) ?? name.ToUpperInvariant(),
            Group = arguments.Text(nameof(OptionAttribute.Group)) ?? section,
            Hidden = arguments.Flag(nameof(OptionAttribute.Hidden)),
            NotBesideConfigFile = arguments.Flag(nameof(OptionAttribute.NotBesideConfigFile)),
            ZeroBesideConfigFile = arguments.Flag(nameof(OptionAttribute.ZeroBesideConfigFile)),
            Requires = arguments.Text(nameof(OptionAttribute.Requires)),
            ConflictsWith = arguments.Texts(nameof(OptionAttribute.ConflictsWith)),
            Allowed = allowed,
            Members = members,
            Min = arguments.Number(nameof(OptionAttribute.Min)) ?? OptionTypes.MinOf(kind),
            Max = arguments.Number(nameof(OptionAttribute.Max)) ?? OptionTypes.MaxOf(kind),
            Error = arguments.Text(nameof(OptionAttribute.Error)),
            Default = defaultValue,
            DefaultText = arguments.Text(nameof(OptionAttribute.DefaultText)),
            WhenHit = arguments.Text(nameof(OptionAttribute.WhenHit)),
            Help = DocComment.Summary(property),
        };
    }
}
