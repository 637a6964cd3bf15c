using Microsoft.CodeAnalysis;

namespace Ovms.Generators.Infrastructure;

/// <summary>The last steps of all table generators: one output for the code, another for the diagnostics.</summary>
internal static class Pipeline
{
    /// <summary>
    /// Registers separate outputs for code and diagnostics. Moving a declaration changes only positions, so no code is generated again.
    /// </summary>
    public static void RegisterTable<T>(
        this IncrementalGeneratorInitializationContext context,
        IncrementalValuesProvider<Parsed<T>> parsed,
        string tableStep,
        string diagnosticsStep,
        Action<SourceProductionContext, T> emit)
        where T : class, IEquatable<T>
    {
        IncrementalValuesProvider<T> tables = parsed
            .Where(static p => p.Model is not null)
            .Select(static (p, _) => p.Model!)
            .WithTrackingName(tableStep);
        context.RegisterSourceOutput(tables, emit);

        IncrementalValuesProvider<DiagnosticInfo> diagnostics = parsed
            .SelectMany(static (p, _) => p.Diagnostics)
            .WithTrackingName(diagnosticsStep);
        context.RegisterSourceOutput(diagnostics, static (output, diagnostic) => output.ReportDiagnostic(diagnostic.ToDiagnostic()));
    }
}
