using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Python;

/// <summary>PythonExecutorCalculator: calls a handler in a Python process.</summary>
internal sealed class PythonExecutorType : CalculatorType
{
    /// <summary>The name in a graph.</summary>
    public const string CalculatorName = "PythonExecutorCalculator";

    /// <summary>The tag of the side packet that graphs name and the server makes.</summary>
    public const string ResourcesTag = "PYTHON_NODE_RESOURCES";

    /// <inheritdoc/>
    public override string Name => CalculatorName;

    /// <inheritdoc/>
    public override Outcome<BoundCalculator> Bind(NodePorts ports, object? options)
    {
        Outcome<PythonPorts> found = PythonPorts.Of(ports);
        if (!found.IsOk)
        {
            return found.WithoutValue;
        }

        // With a loop the node writes at times that its inputs do not have.
        CalculatorContract contract = new(ports) { TimestampOffset = found.Value.LoopIn < 0 ? 0 : null };
        Array.Fill(contract.InputKinds, PacketKind.Tensor);
        Array.Fill(contract.OutputKinds, PacketKind.Tensor);
        if (found.Value.LoopIn >= 0)
        {
            contract.InputKinds[found.Value.LoopIn] = PacketKind.Bool;
            contract.OutputKinds[found.Value.LoopOut] = PacketKind.Bool;
        }

        return options is PythonExecutorOptions { Node: { } node }
            ? new BoundCalculator(contract, () => new PythonExecutor(found.Value, node))
            : new BoundCalculator(contract, static () => throw new InvalidOperationException("A graph that is checked does not run."));
    }
}
