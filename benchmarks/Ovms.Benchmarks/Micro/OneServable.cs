using System.Collections.Immutable;
using Ovms.Native;
using Ovms.Serving;
using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;
using Ovms.Serving.Table;

namespace Ovms.Benchmarks.Micro;

/// <summary>A servable as the server would make it, without the files' and options' part of a load.</summary>
internal static class OneServable
{
    /// <summary>Compiles the workload's model for the CPU, with two infer requests: one stays with a finished inference.</summary>
    public static Servable Load(Workload workload)
    {
        using Core core = new();
        using Model model = core.ReadModel(workload.File);
        CompiledModel compiled = core.Compile(model, "CPU", [KeyValuePair.Create("PERFORMANCE_HINT", "LATENCY")]);
        Signature signature = SignatureOf(compiled);
        InferSlot[] slots = [.. Enumerable.Range(0, 2).Select(_ => new InferSlot(new RequestRun(compiled.CreateInferRequest(), canBeCancelled: true), signature.Inputs.Length))];
        return new Servable(new ServableId(workload.Name, 1), new LoadedModel(signature, new InferRequestPool(slots, waitersLimit: 0), compiled));
    }

    /// <summary>The model's ports as callers see them.</summary>
    public static Signature SignatureOf(CompiledModel compiled) => new(Ports(compiled.Inputs), Ports(compiled.Outputs));

    private static ImmutableArray<TensorInfo> Ports(IReadOnlyList<PortInfo> ports) =>
        [.. ports.Select(static port => new TensorInfo(port.Index, port.Name!, port.ElementType, port.Shape, "N..."))];
}
