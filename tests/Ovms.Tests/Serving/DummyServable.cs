using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using Ovms.Native;
using Ovms.Observability.Metrics;
using Ovms.Serving;
using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;
using Ovms.Serving.Table;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Serving;

/// <summary>A real servable over the dummy model (b + 1 = a), made without the loader.</summary>
internal static class DummyServable
{
    /// <summary>Makes it; the last lease after its retirement frees it.</summary>
    public static Servable Make(int requests = 1, int waiters = 16, long version = 1) => new(new ServableId("dummy", version), Load(requests, waiters));

    /// <summary>Its engine's side alone.</summary>
    public static LoadedModel Load(int requests, int waiters)
    {
        using Model model = Engine.Core.ReadModel(Path.Combine(Repo.Model("dummy"), "1", "dummy.xml"));
        CompiledModel compiled = Engine.Compile(model);
        Signature signature = new(
            [new TensorInfo(0, "b", ElementType.F32, PartialShape.Of(1, 10), "NC")],
            [new TensorInfo(0, "a", ElementType.F32, PartialShape.Of(1, 10), "NC")]);
        InferSlot MakeSlot() => new(new RequestRun(compiled.CreateInferRequest(), canBeCancelled: true), 1);
        InferSlot[] slots = [.. Enumerable.Range(0, requests).Select(_ => MakeSlot())];
        return new LoadedModel(signature, new InferRequestPool(slots, waiters) { MakeSlot = MakeSlot }, compiled);
    }

    /// <summary>Gives it counters, all at zero.</summary>
    public static ServableMetrics Count(Servable servable) =>
        servable.Metrics = new ServableMetrics("dummy", new CallCounters("dummy"), new TextCounters("dummy"), servable.Id.Version, new CallTimers(new Meter("dummy")));

    /// <summary>Runs the slot once on ten equal numbers and gives back the first of the answer.</summary>
    public static async Task<float> InferAsync(InferSlot slot, float value)
    {
        SetInput(slot, value);
        OvStatus status = (await slot.InferAsync(CancellationToken.None)).Status;
        await Assert.That(status).IsEqualTo(OvStatus.Ok);
        using Tensor output = slot.GetOutput(0);
        return MemoryMarshal.Cast<byte, float>(output.Bytes)[0];
    }

    private static void SetInput(InferSlot slot, float value)
    {
        Tensor input = Tensor.Allocate(ElementType.F32, [1, 10]);
        MemoryMarshal.Cast<byte, float>(input.Bytes).Fill(value);
        slot.SetInput(0, input);
    }
}
