using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Ovms.Configuration.Graphs;
using Ovms.Generators.Infrastructure;

namespace Ovms.Generators.Graphs;

/// <summary>Generates the reader of each record marked [GraphMessage].</summary>
[Generator(LanguageNames.CSharp)]
public sealed class GraphMessageGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<Parsed<GraphMessage>> parsed = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                typeof(GraphMessageAttribute).FullName!,
                static (node, _) => node is RecordDeclarationSyntax,
                GraphMessageParser.Parse)
            .WithTrackingName(StepNames.ParseGraphMessage);

        context.RegisterTable(parsed, StepNames.GraphMessage, StepNames.GraphDiagnostics, static (output, message) =>
            output.AddSource($"{message.Record}.Graph.g.cs", GraphMessageEmitter.Emit(message)));
    }
}
