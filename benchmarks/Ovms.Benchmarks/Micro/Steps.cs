using System.Buffers;
using BenchmarkDotNet.Attributes;
using Ovms.Bench;
using Ovms.Frontends.Grpc.Binding;
using Ovms.Frontends.Grpc.KServe;
using Ovms.Inference;
using Ovms.Inference.Checks;
using Ovms.Inference.Messages;
using Ovms.Serving;
using Ovms.Serving.Draining;
using Ovms.Serving.Requests;
using Ovms.Serving.Table;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Benchmarks.Micro;

/// <summary>The steps of one gRPC call on their own, in the order of ARCHITECTURE.md; the engine's own work is left out.</summary>
public class Steps
{
    private readonly ArrayBufferWriter<byte> _wire = new();
    private byte[] _payload = [];
    private ServableRegistry _registry = null!;
    private Servable _servable = null!;
    private InferMessage _message = null!;
    private readonly Recycled<NativeBuffer> _shells = NativeBuffer.Shells();
    private ModelCalls _calls = null!;
    private InferApi _api = null!;
    private ModelCall _call = null!;
    private InferAnswer _response = null!;

    /// <summary>Which model, and with it how much input.</summary>
    [ParamsSource(nameof(Models))]
    public string Model { get; set; } = "";

    public static IEnumerable<string> Models => [Workload.Dummy.Name, Workload.Glance.Name];

    [GlobalSetup]
    public void Load()
    {
        Workload workload = Workload.All.First(workload => workload.Name == Model);
        using BenchInput input = workload.MakeInput();
        _payload = input.GrpcMessage(Model);
        _servable = OneServable.Load(workload);
        _registry = new ServableRegistry(new Drain());
        _registry.Publish(new ServableTable([new ModelEntry(workload.Name, [new VersionEntry(1, ServableState.Available, _servable)])]));
        _calls = new ModelCalls(_registry, new CallCounts(_registry, metrics: null), new AnswersUnderway());
        _api = KServeBinding.Infer(_calls);
        _message = Read();
        _call = _calls.Open(CallOrigin.KServeGrpc, workload.Name, "").Value!;
        Outcome run = _call.RunAsync(Read(), default).AsTask().GetAwaiter().GetResult();
        _response = new Recycled<InferAnswer>(static home => new InferResponse(home)).Rent();
        _response.Measure(run.IsOk ? _call : throw new InvalidOperationException(run.Text));
    }

    [GlobalCleanup]
    public void Unload()
    {
        _call.Dispose();
        _message.Dispose();
        _servable.Retire();
        _servable.Drained.GetAwaiter().GetResult();
    }

    /// <summary>Step 2: the message's bytes copied once, and read where they lie.</summary>
    [Benchmark]
    public void Parse() => Read().Dispose();

    /// <summary>Step 1: name and version to a leased servable.</summary>
    [Benchmark]
    public void Lease() => _registry.Lease(Model, "").Value!.Dispose();

    /// <summary>Step 3: the message against the signature.</summary>
    [Benchmark]
    public bool Validate() => RequestValidator.Check(_servable.Signature, _message).IsOk;

    /// <summary>Steps 4 and 5 without the wait and the inference: an infer request rented, inputs bound, given back.</summary>
    [Benchmark]
    public void RentAndBind()
    {
        InferSlot slot = _servable.Pool.RentAsync(default).GetAwaiter().GetResult().Value!;
        foreach (InputTensor input in _message.Inputs)
        {
            slot.Bind(_servable.Signature.FindInput(input.Name)!, input.Shape, input.Content);
        }

        slot.Return();
    }

    /// <summary>Step 7: the outputs from the engine's memory into the wire's buffer.</summary>
    [Benchmark]
    public int Write()
    {
        _wire.ResetWrittenCount();
        _response.Write(_wire);
        return _wire.WrittenCount;
    }

    private InferMessage Read()
    {
        NativeBuffer payload = NativeBuffer.EndingAligned(_shells, _payload.Length, _payload.Length);
        _payload.CopyTo(payload.GetSpan(_payload.Length));
        payload.Advance(_payload.Length);
        return _api.Read(payload, out _).Value!;
    }
}
