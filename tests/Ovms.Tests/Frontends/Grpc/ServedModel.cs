using System.Collections.Immutable;
using Ovms.Native;
using Ovms.Serving;
using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;
using Ovms.Serving.Table;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Frontends.Grpc;

/// <summary>A test model on the real engine, as a row of the table.</summary>
internal static class ServedModel
{
    /// <summary>Loads version 1 of a model.</summary>
    public static Servable Load(string name, int inferRequests = 2)
    {
        string folder = Path.Combine(Repo.Model(name), "1");
        using Model model = Engine.Core.ReadModel(Directory.GetFiles(folder, "*.xml").Single());
        CompiledModel compiled = Engine.Compile(model);
        Signature signature = new(Ports(compiled.Inputs), Ports(compiled.Outputs));
        InferencePace? pace = signature.Inputs.All(static input => input.Shape.IsStatic) ? new InferencePace() : null;
        InferSlot[] slots = [.. Enumerable.Range(0, inferRequests).Select(_ => MakeSlot())];
        return new Servable(new ServableId(name, 1), new LoadedModel(signature, new InferRequestPool(slots, 100), compiled));

        InferSlot MakeSlot()
        {
            SlotMemory? memory = SlotMemory.For(signature);
            return new InferSlot(new RequestRun(compiled.CreateInferRequest(), canBeCancelled: true) { Pace = pace }, compiled.Inputs.Count, memory: memory) { KeepsOutputs = memory is not null && signature.HasFixedOutputs };
        }
    }

    /// <summary>The table of these servables, each as version 1 of its name.</summary>
    public static ServableTable Table(params IEnumerable<Servable> servables) =>
        new(servables.Select(static servable => new ModelEntry(servable.Id.Name, [new VersionEntry(servable.Id.Version, ServableState.Available, servable)])));

    private static ImmutableArray<TensorInfo> Ports(IReadOnlyList<PortInfo> ports) =>
        [.. ports.Select(static port => new TensorInfo(port.Index, port.Name!, port.ElementType, port.Shape, port.Shape.Rank == 0 ? "..." : "N..."))];
}
