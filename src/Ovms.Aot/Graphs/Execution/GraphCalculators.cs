using System.Collections.Frozen;
using Ovms.Graphs.Calculators.OpenVino;
using Ovms.Graphs.Definitions;

namespace Ovms.Graphs.Execution;

/// <summary>The calculators that graphs may name.</summary>
internal static class GraphCalculators
{
    /// <summary>Names the model that others infer with.</summary>
    public const string Session = "OpenVINOModelServerSessionCalculator";

    /// <summary>Infers.</summary>
    public const string Inference = "OpenVINOInferenceCalculator";

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyDictionary<string, CalculatorRow> All { get; } = new CalculatorRow[]
    {
        new(Session, ModelSessionOptions.MessageName, ModelSessionOptions.Read),
        new(Inference, InferenceOptions.MessageName, InferenceOptions.Read),
    }.ToFrozenDictionary(static row => row.Name, StringComparer.Ordinal);
}
