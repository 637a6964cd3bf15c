using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading.Tasks.Sources;
using Ovms.Native;
using Ovms.Serving.Shapes;

namespace Ovms.Serving.Requests;

/// <summary>
/// One native infer request, leased to one call at a time. An inference is awaited without a thread: the engine's callback, which runs
/// before the result is visible, only hands off; the continuation then asks the engine for the status. One that is shorter than that
/// way there and back is computed in place: see <see cref="InferencePace"/>.
/// </summary>
internal sealed class InferSlot : IValueTaskSource<OvStatus>, IDisposable
{
    private readonly Tensor?[] _inputs;
    private readonly bool _canBeCancelled;
    private InferRequest _request;
    private GCHandle _self;
    private InferProgress _progress;

    // Of the inference that was handed over and has not been awaited to its end.
    private CancellationTokenRegistration _stop;
    private bool _wasSpoiled;
    private long _started;
    private ManualResetValueTaskSourceCore<OvStatus> _completion = new() { RunContinuationsAsynchronously = true };

    /// <summary>Takes ownership of the request and sets its callback, once for its whole life.</summary>
    /// <param name="request">The request.</param>
    /// <param name="inputCount">Number of the model's inputs.</param>
    /// <param name="canBeCancelled">Whether an inference may be stopped half way: not that of a dynamic model, which would answer later
    /// calls wrongly (see <see cref="ShapeHistory"/>).</param>
    /// <param name="memory">What the inputs are copied into; owned. Null where they are bound call by call.</param>
    public InferSlot(InferRequest request, int inputCount, bool canBeCancelled = true, SlotMemory? memory = null)
    {
        _request = request;
        Memory = memory;
        memory?.BindTo(request);
        _canBeCancelled = canBeCancelled;
        _inputs = new Tensor?[inputCount];
        _self = GCHandle.Alloc(this);
        SetCallback(request);
    }

    /// <summary>Where it goes back to; set by what owns it.</summary>
    internal ISlotSource? Source { get; set; }

    /// <summary>The sequence whose state the request holds; null in a pool.</summary>
    internal SequenceId? Sequence { get; init; }

    /// <summary>What made the request, and makes the next one; null where outputs cannot leave it.</summary>
    internal OutputMemory? Outputs { get; init; }

    /// <summary>
    /// Of a dynamic model, whose outputs differ in size from call to call: inferences pass here side by side, and who makes an infer request
    /// passes alone. OpenVINO 2026.4 crashes where a request is made while another one of the same dynamic model computes. Null elsewhere.
    /// </summary>
    internal ShapeGate? Gate { get; init; }

    /// <summary>Whether <see cref="Renew"/> may be called.</summary>
    internal bool CanRenew => Gate is not null && Sequence is null && Outputs is not null && Memory is null;

    /// <summary>What is known of how long the servable's inferences take; null where all are handed over.</summary>
    internal InferencePace? Pace { get; init; }

    /// <summary>What the inputs are copied into; null where <see cref="SetInput"/> binds them.</summary>
    internal SlotMemory? Memory { get; }

    /// <summary>
    /// Whether every inference writes its outputs to the same memory: with static shapes, and where no output can be an input that the
    /// model hands on, or the inputs stay too.
    /// </summary>
    internal bool KeepsOutputs { get; init; }

    /// <summary>The outputs of every inference, where they are always the same tensors; null before the first, and elsewhere.</summary>
    internal OutputTensor[]? KeptOutputs { get; private set; }

    /// <summary>Gives the request one input; the slot owns the tensor until <see cref="Return"/>, the memory under it is the call's.</summary>
    public void SetInput(int index, Tensor tensor)
    {
        Debug.Assert(Memory is null, "The request has its inputs; they are written.");
        _inputs[index]?.Dispose();
        _inputs[index] = tensor;
        _request.SetInput(index, tensor);
    }

    /// <summary>Runs the request.</summary>
    /// <param name="cancellation">Stops the inference, where it can be; the task still ends only when the engine let go of the tensors.
    /// Not heeded by one in place, which is over sooner than it could be stopped.</param>
    /// <returns>The engine's status: Ok, InferCancelled or an error.</returns>
    public ValueTask<OvStatus> InferAsync(CancellationToken cancellation) =>
        Pace is { IsInPlace: true } pace ? new ValueTask<OvStatus>(InferInPlace(pace)) : HandOverAsync(cancellation);

    /// <summary>As <see cref="InferAsync"/>, but never computed in place.</summary>
    public ValueTask<OvStatus> HandOverAsync(CancellationToken cancellation)
    {
        _started = Stopwatch.GetTimestamp();
        _completion.Reset();
        OvStatus status = _request.TryStart();
        Debug.Assert(status != OvStatus.RequestBusy, "A slot is owned by one call.");
        if (status != OvStatus.Ok)
        {
            return new ValueTask<OvStatus>(status);
        }

        _wasSpoiled = Begin();
        CancellationToken stop = _canBeCancelled ? cancellation : CancellationToken.None;
        _stop = stop.UnsafeRegister(static state => ((InferSlot)state!)._request.Cancel(), this);
        return new ValueTask<OvStatus>(this, _completion.Version);
    }

    /// <summary>Runs the request with other inputs, which stay the caller's. The call's own ones are set again by <see cref="SetInputsAgain"/>.</summary>
    /// <exception cref="OpenVinoException">The engine refuses a tensor.</exception>
    public ValueTask<OvStatus> InferAsideAsync(Tensor[] inputs)
    {
        Set(inputs);
        return InferAsync(CancellationToken.None);
    }

    /// <summary>Gives the request the inputs of <see cref="SetInput"/> once more.</summary>
    /// <exception cref="OpenVinoException">The engine refuses a tensor.</exception>
    public void SetInputsAgain() => Set(_inputs);

    /// <summary>One output of the last inference; the caller owns the tensor.</summary>
    public Tensor GetOutput(int index) => _request.GetOutput(index);

    /// <summary>Bytes that the outputs of the last inference take; of strings, their objects without the text of long ones.</summary>
    internal long OutputBytes(int count)
    {
        long bytes = 0;
        for (int i = 0; i < count; i++)
        {
            using Tensor output = GetOutput(i);
            bytes += (long)output.ByteSize;
        }

        return bytes;
    }

    /// <summary>Keeps all the outputs for every later inference, where it <see cref="KeepsOutputs"/>.</summary>
    internal void Keep(OutputTensor[] outputs)
    {
        foreach (OutputTensor output in outputs)
        {
            output.IsKept = true;
        }

        KeptOutputs = outputs;
    }

    /// <summary>
    /// After an inference: gives the request other memory for its outputs. Later inferences do not write to the tensors of this one, which
    /// live until they are disposed.
    /// </summary>
    /// <returns>False where outputs do not always have memory of their own.</returns>
    /// <exception cref="OpenVinoException">There is no memory; the slot is as before.</exception>
    internal bool ExchangeOutputs()
    {
        if (Outputs is not { AreFixed: true })
        {
            return false;
        }

        Outputs.GiveOutputs(_request);
        return true;
    }

    /// <summary>
    /// Puts another request in the place of this one, which keeps the memory of an output as large as it ever was. Only for a slot without
    /// a sequence, whose state would be lost, and only while nothing else of the model computes (<see cref="Gate"/>).
    /// </summary>
    /// <exception cref="OpenVinoException">There is no memory; the slot is as before.</exception>
    internal void Renew()
    {
        Debug.Assert(Sequence is null && Memory is null && Outputs is not null, "It is a slot of a dynamic model's pool.");
        InferRequest next = Outputs.CreateRequest();
        SetCallback(next);
        _request.Dispose();
        _request = next;
    }

    /// <summary>Ends what <see cref="Keep"/> began.</summary>
    /// <returns>The tensors, the caller's to dispose.</returns>
    internal OutputTensor[] TakeKept()
    {
        OutputTensor[] kept = KeptOutputs ?? [];
        KeptOutputs = null;
        foreach (OutputTensor output in kept)
        {
            output.IsKept = false;
        }

        return kept;
    }

    /// <summary>How far inference came since this was last asked; asked once at the end of each call that the answer matters to.</summary>
    internal InferProgress TakeProgress()
    {
        InferProgress progress = _progress;
        _progress = InferProgress.None;
        return progress;
    }

    /// <summary>Lets go of the inputs and goes back to where it came from.</summary>
    public void Return()
    {
        for (int i = 0; i < _inputs.Length; i++)
        {
            _inputs[i]?.Dispose();
            _inputs[i] = null;
        }

        Source!.Return(this);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (OutputTensor output in KeptOutputs ?? [])
        {
            output.Dispose();
        }

        // Order: the memory goes when no request can use it.
        _request.Dispose();
        Memory?.Dispose();
        _self.Free();
    }

    private unsafe void SetCallback(InferRequest request) => request.SetCallback(&OnCompleted, (void*)GCHandle.ToIntPtr(_self));

    private OvStatus InferInPlace(InferencePace pace)
    {
        long started = Stopwatch.GetTimestamp();
        bool isSpoiled = Begin();
        OvStatus ended = _request.TryInfer();
        End(ended, isSpoiled);
        pace.ComputedInPlace(Stopwatch.GetElapsedTime(started));
        return ended;
    }

    // One inference that did not end well spoils the state, whatever the same call computes after it.
    private bool Begin()
    {
        bool isSpoiled = _progress == InferProgress.Begun;
        _progress = InferProgress.Begun;
        return isSpoiled;
    }

    private void End(OvStatus ended, bool isSpoiled) =>
        _progress = ended == OvStatus.Ok && !isSpoiled ? InferProgress.Done : InferProgress.Begun;

    private void Set(Tensor?[] inputs)
    {
        for (int i = 0; i < inputs.Length; i++)
        {
            _request.SetInput(i, inputs[i]!);
        }
    }

    // The callback has no status, and the result is not yet visible while it runs: waiting here would deadlock. This wait runs on the
    // thread pool after the callback and returns at once or within the microseconds that the engine needs to finish.
    OvStatus IValueTaskSource<OvStatus>.GetResult(short token)
    {
        _completion.GetResult(token);
        OvStatus ended = _request.TryWait();

        // Waits for a cancellation that is under way, so that it cannot reach the next call.
        _stop.Dispose();
        _stop = default;
        End(ended, _wasSpoiled);
        Pace?.HandedOver(Stopwatch.GetElapsedTime(_started));
        return ended;
    }

    ValueTaskSourceStatus IValueTaskSource<OvStatus>.GetStatus(short token) => _completion.GetStatus(token);

    void IValueTaskSource<OvStatus>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _completion.OnCompleted(continuation, state, token, flags);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static unsafe void OnCompleted(void* argument)
    {
        // An exception crossing into native code ends the process; SetResult only queues to the thread pool.
        InferSlot slot = (InferSlot)GCHandle.FromIntPtr((nint)argument).Target!;
        slot._completion.SetResult(OvStatus.Ok);
    }
}
