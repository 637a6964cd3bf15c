using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Ovms.Generators.Infrastructure;
using Ovms.Tensors;

namespace Ovms.Generators.Tensors;

/// <summary>Generates the marshaler of each element type of an enum marked [ElementTypeTable].</summary>
[Generator(LanguageNames.CSharp)]
public sealed class ElementTypeGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<Parsed<ElementTypeRows>> parsed = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                typeof(ElementTypeTableAttribute).FullName!,
                static (node, _) => node is EnumDeclarationSyntax,
                ElementTypeParser.Parse)
            .WithTrackingName(StepNames.ParseElementTypes);

        context.RegisterTable(parsed, StepNames.ElementTypes, StepNames.ElementTypeDiagnostics, static (output, table) =>
            output.AddSource($"{table.EnumName}.g.cs", ElementTypeEmitter.Emit(table)));
    }
}
