using System.Diagnostics;
using Ovms.Native;
using Ovms.Serving.Signatures;
using Ovms.Tensors;

namespace Ovms.Serving.Requests;

/// <summary>One infer request, rented to one call at a time: it takes the call's inputs, computes, and returns the outputs.</summary>
internal sealed class InferSlot : IDisposable
{
    private readonly Tensor?[] _inputs;
    private readonly SlotMemory? _memory;
    private readonly RequestRun _run;
    private readonly SlotOutputs _outputs = new();

    // Size of this call's outputs, if the request can be replaced to free them.
    private long _outputBytes;

    /// <summary>Creates a slot that owns the run and the memory.</summary>
    /// <param name="run">Runs the infer request.</param>
    /// <param name="inputCount">Number of the model's inputs.</param>
    /// <param name="memory">The memory that inputs are copied to; null if each call binds its own tensors.</param>
    public InferSlot(RequestRun run, int inputCount, SlotMemory? memory = null)
    {
        _run = run;
        _memory = memory;
        memory?.BindTo(run.Request);
        _inputs = new Tensor?[inputCount];
    }

    /// <summary>Takes it back; set by what owns it.</summary>
    internal Action<InferSlot>? TakeBack { get; set; }

    /// <summary>The sequence whose state the infer request holds; null in a pool.</summary>
    internal SequenceId? Sequence { get; init; }

    /// <summary>Creates infer requests and their output tensors; null if neither the outputs nor the request can be replaced.</summary>
    internal OutputMemory? Outputs { get; init; }

    /// <summary>
    /// Whether an inference of the request failed. It must be replaced before the next call (<see cref="RenewAsync"/>), because on some
    /// devices such a request never computes again.
    /// </summary>
    public bool IsSpoiled { get; private set; }

    /// <summary>
    /// The gate of a dynamic model: inferences pass it concurrently, the creation of an infer request passes it alone. Null for other
    /// models.
    /// </summary>
    /// <remarks>OpenVINO 2026.4 crashes if a request is created while another one of the same dynamic model computes.</remarks>
    internal ShapeGate? Gate { get; init; }

    /// <summary>Makes the engine free the memory of a large inference of a dynamic model; null = nothing is done.</summary>
    internal Func<InferSlot, ValueTask>? Release { get; init; }

    /// <summary>Whether every inference writes its outputs to the same memory.</summary>
    /// <remarks>This holds for static shapes if no output can share an input's memory, or if the inputs' memory is fixed too.</remarks>
    internal bool KeepsOutputs { get; init; }

    /// <summary>Whether the request is replaced after this call to free its outputs: large ones of a dynamic model.</summary>
    internal bool LetsOutputsGo { get; set; }

    // Whether another request can replace this one. A dynamic model's request keeps output memory of the largest size it ever needed.
    // A sequence's request cannot be replaced, because its state would be lost.
    private bool CanRenew => Gate is not null && Sequence is null && Outputs is not null && _memory is null;

    /// <summary>The inference failed, and the request may not compute again.</summary>
    /// <remarks>A sequence's request is not replaced: its state is lost, so that the sequence ends.</remarks>
    public void Spoil() => IsSpoiled = Outputs is not null && Sequence is null;

    /// <summary>Replaces a request whose inference failed, before the call's inputs are bound.</summary>
    /// <param name="cancellation">Ends the wait until no inference of a dynamic model runs.</param>
    /// <returns>Why it cannot be replaced; none if it was.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up waiting.</exception>
    public async ValueTask<EngineFault> RenewAsync(CancellationToken cancellation)
    {
        if (Gate is { } gate)
        {
            await gate.EnterAsync(alone: true, cancellation).ConfigureAwait(false);
        }

        try
        {
            EngineFault fault = Renew();
            IsSpoiled = !fault.IsNone;
            return fault;
        }
        catch (OpenVinoException failure)
        {
            return EngineFault.Of(failure);
        }
        finally
        {
            Gate?.Leave();
        }
    }

    /// <inheritdoc cref="RequestRun.LastTook"/>
    internal TimeSpan LastTook => _run.LastTook;

    /// <inheritdoc cref="RequestRun.IsLate"/>
    internal bool IsLate(TimeSpan limit) => _run.IsLate(limit);

    /// <summary>
    /// Gives the request one input. Copies it if the slot has memory for it; otherwise the tensor uses the content, which must live until
    /// <see cref="Return"/>.
    /// </summary>
    /// <param name="info">The input.</param>
    /// <param name="shape">The shape, which fits the input.</param>
    /// <param name="content">The content, which fits the shape; null for an empty input.</param>
    /// <exception cref="OpenVinoException">OpenVINO rejects the tensor.</exception>
    public void Bind(TensorInfo info, long[] shape, NativeBuffer? content)
    {
        if (_memory is not null)
        {
            _memory.Write(info.Index, content!.Bytes);
            return;
        }

        SetInput(info.Index, BoundInput.Create(info, shape, content));
    }

    /// <summary>
    /// Gives the request one input. The slot owns the tensor until <see cref="Return"/>; the call owns the memory under it.
    /// </summary>
    internal void SetInput(int index, Tensor tensor)
    {
        Debug.Assert(_memory is null, "The request has its inputs; they are written.");
        _inputs[index]?.Dispose();
        _inputs[index] = tensor;
        _run.Request.SetInput(index, tensor);
    }

    /// <summary>One output of the last inference; the caller owns the tensor.</summary>
    internal Tensor GetOutput(int index) => _run.Request.GetOutput(index);

    /// <summary>Runs the request, for a dynamic model while no other request of the model is created.</summary>
    /// <inheritdoc cref="RequestRun.InferAsync"/>
    public ValueTask<EngineFault> InferAsync(CancellationToken cancellation) =>
        Gate is { } gate ? InferThroughAsync(gate, cancellation) : ComputeAsync(cancellation);

    /// <summary>As <see cref="InferAsync"/>, for callers that have passed the <see cref="Gate"/>.</summary>
    internal ValueTask<EngineFault> ComputeAsync(CancellationToken cancellation) => _run.InferAsync(cancellation);

    /// <summary>
    /// Runs the request with other inputs, which the caller owns, for callers that have passed the <see cref="Gate"/>.
    /// <see cref="SetInputsAgain"/> restores the call's inputs.
    /// </summary>
    /// <exception cref="OpenVinoException">The engine refuses a tensor.</exception>
    internal ValueTask<EngineFault> ComputeAsideAsync(Tensor[] inputs)
    {
        Set(inputs);
        return ComputeAsync(CancellationToken.None);
    }

    /// <summary>Gives the request the inputs of <see cref="Bind"/> again.</summary>
    /// <exception cref="OpenVinoException">OpenVINO rejects a tensor.</exception>
    internal void SetInputsAgain() => Set(_inputs);

    /// <summary>Returns the outputs of the inference that has just ended, valid until <see cref="Return"/>.</summary>
    /// <param name="signature">The model's signature.</param>
    /// <param name="wanted">The outputs to return, in this order; empty = all, in the model's order.</param>
    /// <param name="beside">An additional output that comes last; null = none.</param>
    /// <param name="owned">The outputs that the caller must dispose; none if the slot keeps them for later inferences.</param>
    public OutputTensor[] TakeOutputs(Signature signature, ReadOnlySpan<TensorInfo> wanted, OutputTensor? beside, out OwnedOutputs owned)
    {
        if (CanRenew)
        {
            // OpenVINO computes and keeps all outputs, including those that the call did not request.
            _outputBytes = SlotOutputs.BytesOf(_run.Request, signature.Outputs.Length);
            LetsOutputsGo = _outputBytes > OutputMemory.LargestKept;
        }

        return _outputs.Take(_run.Request, KeepsOutputs, signature, wanted, beside, out owned);
    }

    /// <summary>
    /// Gives the request other memory for its outputs after <see cref="TakeOutputs"/>, if outputs have fixed memory. Later inferences
    /// then do not write to the returned tensors, which live until their owner disposes them.
    /// </summary>
    /// <param name="outputs">The outputs that were taken.</param>
    /// <param name="owned">The outputs that the caller must dispose; all of them if they leave the slot.</param>
    /// <returns>False if the outputs remain the slot's.</returns>
    /// <exception cref="OpenVinoException">There is no memory; the slot is unchanged.</exception>
    public bool TryDetach(OutputTensor[] outputs, ref OwnedOutputs owned)
    {
        if (Outputs is not { AreFixed: true })
        {
            return false;
        }

        Outputs.GiveOutputs(_run.Request);
        _outputs.Leave(outputs, ref owned);
        return true;
    }

    /// <inheritdoc cref="RequestRun.IsAbandoned"/>
    internal bool IsAbandoned => _run.IsAbandoned;

    /// <inheritdoc cref="RequestRun.TakeProgress"/>
    internal InferProgress TakeProgress() => _run.TakeProgress();

    /// <summary>
    /// Disposes the inputs and returns the slot. If large outputs of a dynamic model must be freed, it first waits until no inference of
    /// the model runs.
    /// </summary>
    /// <param name="lease">Keeps the model alive; disposed after the slot is returned. Null if the caller keeps the model alive.</param>
    public void Return(IDisposable? lease = null)
    {
        for (int i = 0; i < _inputs.Length; i++)
        {
            _inputs[i]?.Dispose();
            _inputs[i] = null;
        }

        if (LetsOutputsGo)
        {
            LetsOutputsGo = false;
            IdleMemory.Freed(_outputBytes);
            _ = LetOutputsGoAsync(lease);
            return;
        }

        TakeBack!(this);
        lease?.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _outputs.Forget();

        // Order: the memory is freed after the request that uses it.
        if (Outputs is null)
        {
            _run.Dispose();
        }
        else if (!Outputs.Guard("freeing an infer request on it", _run.Dispose).IsNone)
        {
            return;
        }

        _memory?.Dispose();
    }

    private async ValueTask<EngineFault> InferThroughAsync(ShapeGate gate, CancellationToken cancellation)
    {
        await gate.EnterAsync(alone: false, cancellation).ConfigureAwait(false);
        try
        {
            return await ComputeAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            gate.Leave();
        }
    }

    private async Task LetOutputsGoAsync(IDisposable? lease)
    {
        ShapeGate gate = Gate!;
        await gate.EnterAsync(alone: true, CancellationToken.None).ConfigureAwait(false);
        try
        {
            IsSpoiled = !Renew().IsNone;
            if (!IsSpoiled && Release is { } release)
            {
                await release(this).ConfigureAwait(false);
            }
        }
        catch (OpenVinoException)
        {
            // There is no memory for another request. The slot keeps this one, and the next large call tries again.
        }
        finally
        {
            gate.Leave();
            TakeBack!(this);
            lease?.Dispose();
        }
    }

    private EngineFault Renew()
    {
        EngineFault fault = Outputs!.Replace(_run, _memory);
        _outputs.Forget();
        return fault;
    }

    private void Set(Tensor?[] inputs)
    {
        for (int i = 0; i < inputs.Length; i++)
        {
            _run.Request.SetInput(i, inputs[i]!);
        }
    }
}
