using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Ovms.Generators.Infrastructure;

namespace Ovms.Generators.Tensors;

/// <summary>
/// Generates a class for each IR among the AdditionalFiles that has an OvmsModel: the model's signature as constants, typed inputs and
/// outputs, and a method that calls a server with them.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class IrSignatureGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<Parsed<IrSignature>> parsed = context.AdditionalTextsProvider
            .Where(static file => file.Path.EndsWith(".xml", StringComparison.OrdinalIgnoreCase))
            .Combine(context.AnalyzerConfigOptionsProvider)
            .Select(static (pair, cancellation) => IrSignatureParser.Parse(pair.Left, pair.Right, cancellation))
            .Where(static result => result is not null)
            .Select(static (result, _) => result!)
            .WithTrackingName(StepNames.ParseIrSignature)
            .Collect()
            .SelectMany(static (all, _) => Distinct(all));

        context.RegisterTable(parsed, StepNames.IrSignature, StepNames.IrSignatureDiagnostics, static (output, signature) =>
            output.AddSource($"{signature.ClassName}.Ir.g.cs", IrSignatureEmitter.Emit(signature)));

        // The code shared by all signatures is emitted once, if there is a signature. The property belongs to the project.
        IncrementalValueProvider<string?> grpcNamespace = parsed
            .Select(static (result, _) => result.Model?.GrpcNamespace)
            .Where(static name => name is not null)
            .Collect()
            .Select(static (names, _) => names.FirstOrDefault());
        context.RegisterSourceOutput(grpcNamespace, static (output, name) =>
        {
            if (name is not null)
            {
                output.AddSource("TensorBytes.g.cs", TensorBytesSource.For(name));
            }
        });
    }

    /// <summary>
    /// If several files name the same class, the first one gets it and the others get a diagnostic. Names that differ in case only would
    /// be the same file for the compiler.
    /// </summary>
    private static IEnumerable<Parsed<IrSignature>> Distinct(ImmutableArray<Parsed<IrSignature>> all)
    {
        HashSet<string> taken = new(StringComparer.OrdinalIgnoreCase);
        foreach (Parsed<IrSignature> each in all)
        {
            yield return each.Model is null || taken.Add(each.Model.ClassName)
                ? each
                : new Parsed<IrSignature>(null, Duplicate(each.Model).ToEquatableArray());
        }
    }

    private static DiagnosticInfo[] Duplicate(IrSignature signature) =>
        [DiagnosticInfo.Create(Diagnostics.DuplicateModelClass, null, signature.ClassName)];
}
