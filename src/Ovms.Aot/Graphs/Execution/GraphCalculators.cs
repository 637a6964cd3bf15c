using System.Collections.Frozen;
using Ovms.Graphs.Calculators;
using Ovms.Graphs.Calculators.Flow;
using Ovms.Graphs.Calculators.OpenVino;
using Ovms.Graphs.Calculators.Python;
using Ovms.Graphs.Calculators.Vision;
using Ovms.Graphs.Definitions;
using Ovms.Graphs.Scheduling;

namespace Ovms.Graphs.Execution;

/// <summary>The calculators that graphs may name.</summary>
internal static class GraphCalculators
{
    private static readonly CalculatorEntry s_converter = new(
        "PyTensorOvTensorConverterCalculator", TensorConverter.Bind, TensorConverterOptions.MessageName, TensorConverterOptions.Read);

    private static readonly FrozenDictionary<string, CalculatorType> s_types =
        ((CalculatorType[])
        [
            new SessionType(), new InferenceType(), new PythonExecutorType(), s_converter, .. FlowCalculators.All, .. VisionCalculators.All,
        ]).ToFrozenDictionary(static type => type.Name, StringComparer.Ordinal);

    /// <summary>Their names and options, by name.</summary>
    public static IReadOnlyDictionary<string, CalculatorRow> All { get; } =
        s_types.Values.Select(RowOf).ToFrozenDictionary(static row => row.Name, StringComparer.Ordinal);

    /// <summary>The calculator of a row.</summary>
    public static CalculatorType TypeOf(CalculatorRow row) => s_types[row.Name];

    private static CalculatorRow RowOf(CalculatorType type) => type switch
    {
        SessionType => new(type.Name, ModelSessionOptions.MessageName, ModelSessionOptions.Read),
        InferenceType => new(type.Name, InferenceOptions.MessageName, InferenceOptions.Read),
        PythonExecutorType => new(type.Name, PythonExecutorOptions.MessageName, PythonExecutorOptions.Read)
        {
            ServerSide = PythonExecutorType.ResourcesTag,
        },
        CalculatorEntry entry => new(entry.Name, entry.OptionsName, entry.ReadOptions),
        _ => CalculatorRow.Plain(type.Name),
    };
}
