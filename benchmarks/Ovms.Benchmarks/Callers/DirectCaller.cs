using System.Runtime.InteropServices;
using Ovms.Native;

namespace Ovms.Benchmarks.Callers;

/// <summary>
/// The engine without a server: one infer request over the same model, device and hint, started and waited for; the input is bound to
/// the caller's memory and the output copied out, as a program that links OpenVINO would do.
/// </summary>
internal sealed unsafe class DirectCaller : Caller
{
    private readonly Core _core = new();
    private readonly CompiledModel _model;
    private readonly InferRequest _request;
    private readonly byte* _input;
    private readonly long[] _shape;
    private byte[] _output = [];

    public DirectCaller(Workload workload)
        : base("direct call of Ovms.Native")
    {
        using Model model = _core.ReadModel(workload.File);
        _model = _core.Compile(model, "CPU", [KeyValuePair.Create("PERFORMANCE_HINT", "LATENCY")]);
        _request = _model.CreateInferRequest();
        // Aligned as the server aligns it: the engine's kernels read it where it is.
        _input = (byte*)NativeMemory.AlignedAlloc((nuint)workload.Input.Length, 64);
        workload.Input.CopyTo(new Span<byte>(_input, workload.Input.Length));
        _shape = workload.Shape;
    }

    /// <summary>The bytes of the last answer.</summary>
    public ReadOnlySpan<byte> Output => _output;

    public override ValueTask CallAsync()
    {
        using Tensor bound = Tensor.FromHost(ElementType.F32, _shape, _input);
        _request.SetInput(0, bound);
        _request.Start();
        _request.Wait();
        using Tensor output = _request.GetOutput(0);
        ReadOnlySpan<byte> bytes = output.Bytes;
        _output = _output.Length == bytes.Length ? _output : new byte[bytes.Length];
        bytes.CopyTo(_output);
        return ValueTask.CompletedTask;
    }

    public override bool Answered(ReadOnlySpan<byte> output) => Output.SequenceEqual(output);

    public override void Dispose()
    {
        _request.Dispose();
        _model.Dispose();
        _core.Dispose();
        NativeMemory.AlignedFree(_input);
    }
}
