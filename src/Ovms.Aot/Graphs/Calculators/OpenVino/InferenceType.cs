using System.Collections.Immutable;
using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.OpenVino;

/// <summary>OpenVINOInferenceCalculator: infers with the model of its session.</summary>
internal sealed class InferenceType : CalculatorType
{
    /// <inheritdoc/>
    public override string Name => "OpenVINOInferenceCalculator";

    /// <inheritdoc/>
    public override Outcome<BoundCalculator> Bind(NodePorts ports, object? options)
    {
        Outcome<InferencePorts> found = InferencePorts.Of(ports, options as InferenceOptions ?? new InferenceOptions());
        if (!found.IsOk)
        {
            return found.WithoutValue;
        }

        CalculatorContract contract = new(ports);
        contract.InputSideKinds[found.Value.Session] = SessionType.Kind;
        SetKinds(contract.InputKinds, found.Value.Inputs);
        SetKinds(contract.OutputKinds, found.Value.Outputs);
        InferenceCalculator calculator = new(found.Value);
        return new BoundCalculator(contract, () => calculator);
    }

    private static void SetKinds(PacketKind[] kinds, ImmutableArray<InferencePort> ports)
    {
        for (int i = 0; i < kinds.Length; i++)
        {
            kinds[i] = ports[i].IsVector ? PacketKind.TensorVector : PacketKind.Tensor;
        }
    }
}
