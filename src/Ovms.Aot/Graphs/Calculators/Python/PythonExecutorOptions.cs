using Ovms.Configuration.Graphs;
using Ovms.Graphs.Interpreters;

namespace Ovms.Graphs.Calculators.Python;

/// <summary>The handler of a Python node. Source: the original's PythonExecutorCalculatorOptions.</summary>
[GraphMessage("mediapipe.PythonExecutorCalculatorOptions")]
internal sealed partial record PythonExecutorOptions
{
    /// <summary>What runs the handler; null where a graph is only checked.</summary>
    public PythonNode? Node { get; init; }

    /// <summary>The Python file with the class OvmsPythonModel; relative to the folder of the graph's file.</summary>
    [GraphField(1, Required = true)]
    public string HandlerPath { get; init; } = "";
}
