using System.Diagnostics;
using Ovms.Native;
using Ovms.Serving.Signatures;
using Ovms.Tensors;

namespace Ovms.Serving.Requests;

/// <summary>One infer request, leased to one call at a time: takes the call's inputs, computes, and hands out the outputs.</summary>
internal sealed class InferSlot : IDisposable
{
    private readonly Tensor?[] _inputs;
    private readonly SlotMemory? _memory;
    private readonly RequestRun _run;

    // The outputs of every inference, where they are always the same tensors; null before the first, and elsewhere.
    private OutputTensor[]? _kept;

    // What the outputs of this call take, where they can be let go.
    private long _outputBytes;

    /// <summary>Takes ownership of both.</summary>
    /// <param name="run">Runs the request.</param>
    /// <param name="inputCount">Number of the model's inputs.</param>
    /// <param name="memory">What the inputs are copied into. Null where they are bound call by call.</param>
    public InferSlot(RequestRun run, int inputCount, SlotMemory? memory = null)
    {
        _run = run;
        _memory = memory;
        memory?.BindTo(run.Request);
        _inputs = new Tensor?[inputCount];
    }

    /// <summary>Takes it back; set by what owns it.</summary>
    internal Action<InferSlot>? TakeBack { get; set; }

    /// <summary>The sequence whose state the request holds; null in a pool.</summary>
    internal SequenceId? Sequence { get; init; }

    /// <summary>What made the request, and makes the next one; null where outputs cannot leave it.</summary>
    internal OutputMemory? Outputs { get; init; }

    /// <summary>
    /// Of a dynamic model, whose outputs differ in size from call to call: inferences pass here side by side, and who makes an infer request
    /// passes alone. OpenVINO 2026.4 crashes where a request is made while another one of the same dynamic model computes. Null elsewhere.
    /// </summary>
    internal ShapeGate? Gate { get; init; }

    /// <summary>
    /// Whether every inference writes its outputs to the same memory: with static shapes, and where no output can be an input that the
    /// model hands on, or the inputs stay too.
    /// </summary>
    internal bool KeepsOutputs { get; init; }

    /// <summary>Whether the request keeps nothing of this call's outputs: those of a dynamic model, where they are large.</summary>
    internal bool LetsOutputsGo { get; set; }

    // Whether another request can take the place of this one, which keeps the memory of an output as large as it ever was: not where a
    // sequence's state would be lost with it.
    private bool CanRenew => Gate is not null && Sequence is null && Outputs is not null && _memory is null;

    /// <summary>
    /// Gives the request one input: copied where the slot has memory for it, else as a tensor over the content, which must stay until
    /// <see cref="Return"/>.
    /// </summary>
    /// <param name="info">The input.</param>
    /// <param name="shape">Fits it.</param>
    /// <param name="content">Fits the shape; null for an input without elements.</param>
    /// <exception cref="OpenVinoException">The engine refuses the tensor.</exception>
    public void Bind(TensorInfo info, long[] shape, NativeBuffer? content)
    {
        if (_memory is not null)
        {
            _memory.Write(info.Index, content!.Bytes);
            return;
        }

        SetInput(info.Index, BoundInput.Create(info, shape, content));
    }

    /// <summary>Gives the request one input; the slot owns the tensor until <see cref="Return"/>, the memory under it is the call's.</summary>
    internal void SetInput(int index, Tensor tensor)
    {
        Debug.Assert(_memory is null, "The request has its inputs; they are written.");
        _inputs[index]?.Dispose();
        _inputs[index] = tensor;
        _run.Request.SetInput(index, tensor);
    }

    /// <summary>One output of the last inference; the caller owns the tensor.</summary>
    internal Tensor GetOutput(int index) => _run.Request.GetOutput(index);

    /// <summary>Runs the request when nobody makes one of the same dynamic model.</summary>
    /// <param name="cancellation">Stops the inference, where it can be; the task still ends only when the engine let go of the tensors.
    /// Not heeded by one in place, which is over sooner than it could be stopped.</param>
    /// <returns>Why there is no result; none where there is one.</returns>
    public ValueTask<EngineFault> InferAsync(CancellationToken cancellation) => Gate is { } gate ? InferThroughAsync(gate, cancellation) : ComputeAsync(cancellation);

    /// <summary>As <see cref="InferAsync"/>, for who has passed the <see cref="Gate"/>.</summary>
    internal ValueTask<EngineFault> ComputeAsync(CancellationToken cancellation) => _run.InferAsync(cancellation);

    /// <summary>
    /// Computes with other inputs, which stay the caller's, for who has passed the <see cref="Gate"/>. The call's own ones are set again by
    /// <see cref="SetInputsAgain"/>.
    /// </summary>
    /// <exception cref="OpenVinoException">The engine refuses a tensor.</exception>
    internal ValueTask<EngineFault> ComputeAsideAsync(Tensor[] inputs)
    {
        Set(inputs);
        return ComputeAsync(CancellationToken.None);
    }

    /// <summary>Gives the request the inputs of <see cref="Bind"/> once more.</summary>
    /// <exception cref="OpenVinoException">The engine refuses a tensor.</exception>
    internal void SetInputsAgain() => Set(_inputs);

    /// <summary>The outputs of the inference that has just ended; valid until <see cref="Return"/>.</summary>
    /// <param name="signature">The model's.</param>
    /// <param name="wanted">Outputs to take, in this order; empty = all, in the model's order.</param>
    /// <param name="beside">Another one, to come last; null for none.</param>
    /// <param name="owned">What of them the caller has to dispose; none where the slot keeps them for every later inference.</param>
    public OutputTensor[] TakeOutputs(Signature signature, ReadOnlySpan<TensorInfo> wanted, OutputTensor? beside, out OwnedOutputs owned)
    {
        if (CanRenew)
        {
            // The engine computes all outputs, and keeps those, too, that nobody asked for.
            _outputBytes = OutputBytes(signature.Outputs.Length);
            LetsOutputsGo = _outputBytes > OutputMemory.LargestKept;
        }

        owned = default;
        bool isWhole = wanted.IsEmpty && beside is null;
        if (isWhole && _kept is { } kept)
        {
            return kept;
        }

        ReadOnlySpan<TensorInfo> taken = wanted.IsEmpty ? signature.Outputs.AsSpan() : wanted;
        OutputTensor[] outputs = new OutputTensor[beside is null ? taken.Length : taken.Length + 1];
        for (int i = 0; i < taken.Length; i++)
        {
            Tensor tensor = GetOutput(taken[i].Index);
            outputs[i] = new OutputTensor(taken[i], taken[i].IsPackedText ? TextRows.Unpack(tensor) : tensor);
        }

        if (beside is not null)
        {
            outputs[^1] = beside;
        }

        if (isWhole && KeepsOutputs)
        {
            _kept = outputs;
        }
        else
        {
            owned = new OwnedOutputs(outputs);
        }

        return outputs;
    }

    /// <summary>
    /// After <see cref="TakeOutputs"/>: gives the request other memory for its outputs, where they always have memory of their own. Later
    /// inferences do not write to the tensors of this one, which live until their owner disposes them.
    /// </summary>
    /// <param name="outputs">Those that were taken.</param>
    /// <param name="owned">What of them the caller has to dispose: all, where they leave the slot.</param>
    /// <returns>False where they stay the slot's.</returns>
    /// <exception cref="OpenVinoException">There is no memory; the slot is as before.</exception>
    public bool TryDetach(OutputTensor[] outputs, ref OwnedOutputs owned)
    {
        if (Outputs is not { AreFixed: true })
        {
            return false;
        }

        Outputs.GiveOutputs(_run.Request);
        if (_kept is { } kept)
        {
            // Of a call that asked for some outputs only, the tensors are other ones than those that the slot kept.
            OwnedOutputs left = new(kept);
            _kept = null;
            if (ReferenceEquals(kept, outputs))
            {
                owned = left;
            }
            else
            {
                left.Dispose();
            }
        }

        return true;
    }

    /// <inheritdoc cref="RequestRun.HandOverAsync"/>
    internal ValueTask<EngineFault> HandOverAsync(CancellationToken cancellation) => _run.HandOverAsync(cancellation);

    /// <inheritdoc cref="RequestRun.TakeProgress"/>
    internal InferProgress TakeProgress() => _run.TakeProgress();

    /// <summary>
    /// Lets go of the inputs and goes back to where it came from. Large outputs of a dynamic model are let go first, when nothing else of the
    /// model computes.
    /// </summary>
    /// <param name="lease">Keeps the model alive; ends when the slot is back. Null where the caller sees to that.</param>
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
            _ = RenewAsync(lease);
            return;
        }

        TakeBack!(this);
        lease?.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        new OwnedOutputs(_kept ?? []).Dispose();

        // Order: the memory goes when no request can use it.
        _run.Dispose();
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

    private async Task RenewAsync(IDisposable? lease)
    {
        ShapeGate gate = Gate!;
        await gate.EnterAsync(alone: true, CancellationToken.None).ConfigureAwait(false);
        try
        {
            _run.Replace(Outputs!.CreateRequest());
        }
        catch (OpenVinoException)
        {
            // There is no memory for another one. The slot keeps its request; the next large call tries again.
        }
        finally
        {
            gate.Leave();
            TakeBack!(this);
            lease?.Dispose();
        }
    }

    // Of strings, their objects without the text of long ones.
    private long OutputBytes(int count)
    {
        long bytes = 0;
        for (int i = 0; i < count; i++)
        {
            using Tensor output = GetOutput(i);
            bytes += (long)output.ByteSize;
        }

        return bytes;
    }

    private void Set(Tensor?[] inputs)
    {
        for (int i = 0; i < inputs.Length; i++)
        {
            _run.Request.SetInput(i, inputs[i]!);
        }
    }
}
