using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Ovms.Generators.Infrastructure;
using Ovms.Options;

namespace Ovms.Generators.Options;

/// <summary>Generates parser, config binder, help, schema and rows for a record marked [OptionTable].</summary>
[Generator(LanguageNames.CSharp)]
public sealed class OptionTableGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<Parsed<OptionTable>> parsed = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                typeof(OptionTableAttribute).FullName!,
                static (node, _) => node is TypeDeclarationSyntax,
                OptionTableParser.Parse)
            .WithTrackingName(StepNames.ParseOptionTable);

        context.RegisterTable(parsed, StepNames.OptionTable, StepNames.OptionDiagnostics, static (output, table) =>
        {
            output.AddSource($"{table.TypeName}.Options.g.cs", OptionEmitter.Emit(table));
            output.AddSource($"{table.TypeName}.Help.g.cs", HelpEmitter.Emit(table));
            output.AddSource($"{table.TypeName}.Schema.g.cs", SchemaEmitter.Emit(table));
        });
    }
}
