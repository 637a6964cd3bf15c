using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Ovms.Generators.Infrastructure;
using Ovms.Status;

namespace Ovms.Generators.Status;

/// <summary>Generates message, gRPC code and HTTP status of each member of an enum marked [StatusTable].</summary>
[Generator(LanguageNames.CSharp)]
public sealed class StatusTableGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<Parsed<StatusTable>> parsed = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                typeof(StatusTableAttribute).FullName!,
                static (node, _) => node is EnumDeclarationSyntax,
                StatusTableParser.Parse)
            .WithTrackingName(StepNames.ParseStatusTable);

        context.RegisterTable(parsed, StepNames.StatusTable, StepNames.StatusDiagnostics, static (output, table) =>
            output.AddSource($"{table.EnumName}.Status.g.cs", StatusEmitter.Emit(table)));
    }
}
