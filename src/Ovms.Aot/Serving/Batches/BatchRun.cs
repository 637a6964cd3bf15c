using System.Diagnostics;
using Ovms.Native;
using Ovms.Serving.Requests;
using Ovms.Serving.Shapes;
using Ovms.Serving.Signatures;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Serving.Batches;

/// <summary>
/// One inference of several calls. The first of them runs it; the others wait for it. It holds the infer request until all have read
/// their outputs.
/// </summary>
/// <remarks>The callers cannot end it: one that leaves must not take the answer from the others.</remarks>
internal sealed class BatchRun
{
    /// <summary>What a waiter gets for an infer request when its host has computed its call, or has tried to.</summary>
    public static readonly Outcome<InferSlot> NoSlot = (InferSlot)null!;

    private readonly Signature _signature;
    private readonly InferSlot _slot;
    private readonly BatchCall[] _calls;
    private readonly List<WaitingLine<InferSlot>.Waiter> _guests;
    private readonly Action _ended;
    private readonly NativeBuffer?[] _inputs;
    private OutputTensor[] _outputs = [];
    private OwnedOutputs _owned;
    private int _readers;
    private int _isCounted;

    /// <param name="signature">The model's signature.</param>
    /// <param name="slot">The infer request that the host has got.</param>
    /// <param name="host">The call that has got it.</param>
    /// <param name="guests">Those that it has taken out of the queue, each a <see cref="BatchCall"/>.</param>
    /// <param name="ended">Called once, when it has failed or the last call has read its outputs.</param>
    public BatchRun(
        Signature signature, InferSlot slot, BatchCall host, List<WaitingLine<InferSlot>.Waiter> guests, Action ended)
    {
        _ended = ended;
        _signature = signature;
        _slot = slot;
        _guests = guests;
        _calls = [host, .. guests.Select(static guest => (BatchCall)guest.Guest!)];
        _inputs = new NativeBuffer?[signature.Inputs.Length];
        Began = Stopwatch.GetTimestamp();
        foreach (BatchCall call in _calls)
        {
            call.FirstRow = Rows;
            Rows += call.Rows;
        }
    }

    /// <summary>Rows of all calls.</summary>
    public int Rows { get; }

    /// <summary>Number of calls; at least 2.</summary>
    public int Calls => _calls.Length;

    /// <summary>When the calls had the infer request, as a timestamp of <see cref="Stopwatch"/>.</summary>
    public long Began { get; }

    /// <summary>When it had the inputs of all.</summary>
    public long Bound { get; private set; }

    /// <summary>When the inference had ended.</summary>
    public long Ended { get; private set; }

    /// <summary>Whether nobody has counted the inference yet; true once.</summary>
    public bool TryCount() => Interlocked.Exchange(ref _isCounted, 1) == 0;

    /// <summary>Computes all calls, and ends the waits of the guests. On a failure each has to be computed alone.</summary>
    /// <returns>Why there are no results; none after success. Then the slot belongs to the run.</returns>
    public async ValueTask<EngineFault> ComputeAsync(DynamicInference inference)
    {
        bool isDone = false;
        try
        {
            EngineFault fault = _slot.IsSpoiled ? await _slot.RenewAsync(CancellationToken.None).ConfigureAwait(false) : EngineFault.None;
            if (fault.IsNone)
            {
                Bind();
                Bound = Stopwatch.GetTimestamp();
                fault = await inference.InferAsync(_slot, Shapes(), CancellationToken.None).ConfigureAwait(false);
            }

            isDone = fault.IsNone && TryTakeOutputs();
            return isDone || !fault.IsNone ? fault : new EngineFault(OvStatus.GeneralError, "an output has another number of rows");
        }
        catch (OpenVinoException failure)
        {
            return EngineFault.Of(failure);
        }
        catch (Exception failure) when (failure is OutOfMemoryException or OverflowException or OvmsException)
        {
            return new EngineFault(OvStatus.GeneralError, "there is no memory for the inputs of all calls");
        }
        finally
        {
            Ended = Stopwatch.GetTimestamp();
            End(isDone);
        }
    }

    /// <summary>The outputs of one call: views into those of all, valid until the call ends. The caller disposes them.</summary>
    /// <param name="call">A call of this run.</param>
    /// <param name="wanted">The outputs to return, in this order; empty = all, in the model's order.</param>
    /// <param name="owned">Receives what the caller disposes, also if this throws.</param>
    /// <exception cref="OpenVinoException">The engine refuses a tensor.</exception>
    public unsafe OutputTensor[] OutputsOf(BatchCall call, ReadOnlySpan<TensorInfo> wanted, out OwnedOutputs owned)
    {
        ReadOnlySpan<TensorInfo> infos = wanted.IsEmpty ? _signature.Outputs.AsSpan() : wanted;
        OutputTensor[] views = new OutputTensor[infos.Length];
        owned = new OwnedOutputs(views);
        for (int i = 0; i < views.Length; i++)
        {
            OutputTensor whole = _outputs[infos[i].Index];
            long[] shape = whole.Shape.ToArray();
            shape[0] = call.Rows;
            byte* first = (byte*)whole.Tensor.Data + (whole.ByteSize / Rows * call.FirstRow);
            views[i] = new OutputTensor(infos[i], Tensor.FromHost(infos[i].ElementType, shape, first));
        }

        return views;
    }

    /// <summary>A call has read its outputs. The last one returns the slot; its lease keeps the model alive.</summary>
    internal void Leave()
    {
        if (Interlocked.Decrement(ref _readers) == 0)
        {
            _owned.Dispose();
            _slot.Return();
            FreeInputs();
            _ended();
        }
    }

    private unsafe void Bind()
    {
        foreach (TensorInfo info in _signature.Inputs)
        {
            NativeBuffer all = new(checked(_calls[0].Contents[info.Index]!.Length / _calls[0].Rows * Rows));
            _inputs[info.Index] = all;
            foreach (BatchCall call in _calls)
            {
                ReadOnlySpan<byte> rows = call.Contents[info.Index]!.Bytes;
                rows.CopyTo(all.Free);
                all.Advance(rows.Length);
            }

            _slot.SetInput(info.Index, Tensor.FromHost(info.ElementType, BatchShapes.Of(info, Rows), all.Address));
        }
    }

    private bool TryTakeOutputs()
    {
        _outputs = _slot.TakeOutputs(_signature, [], beside: null, out _owned);

        // Its size is bounded, and the next batch needs it again.
        _slot.LetsOutputsGo = false;
        return Array.TrueForAll(_outputs, output => output.Shape.Length > 0 && output.Shape[0] == Rows);
    }

    private void End(bool isDone)
    {
        if (isDone)
        {
            _readers = _calls.Length;
            foreach (BatchCall call in _calls)
            {
                call.Run = this;
            }
        }
        else
        {
            _owned.Dispose();
            FreeInputs();
            _ended();
        }

        // Order: a guest may use its call again as soon as its wait has ended.
        foreach (WaitingLine<InferSlot>.Waiter guest in _guests)
        {
            guest.SetResult(null!);
        }
    }

    private void FreeInputs()
    {
        foreach (NativeBuffer? input in _inputs)
        {
            input?.Dispose();
        }
    }

    private long[][] Shapes() => [.. _signature.Inputs.Select(input => BatchShapes.Of(input, Rows))];
}
