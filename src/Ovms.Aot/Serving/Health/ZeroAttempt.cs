using Ovms.Native;
using Ovms.Serving.Requests;
using Ovms.Serving.Shapes;
using Ovms.Serving.Signatures;

namespace Ovms.Serving.Health;

/// <summary>One inference with zeros, on a thread of its own, which starts at once.</summary>
internal sealed class ZeroAttempt
{
    /// <summary>Most bytes of one input. No message could carry a larger one.</summary>
    private const long LargestInput = 1L << 30;

    private readonly TaskCompletionSource<EngineFault> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<IDisposable> _owned = [];
    private readonly OutputMemory _requests;

    /// <summary>Starts the attempt.</summary>
    /// <param name="signature">The model's inputs.</param>
    /// <param name="requests">Creates the infer request.</param>
    /// <param name="history">The shapes that a model of dynamic inputs has computed with; null for other models.</param>
    /// <param name="gate">The gate of a dynamic model; null for other models.</param>
    /// <param name="stop">Ends the wait for the gate.</param>
    public ZeroAttempt(Signature signature, OutputMemory requests, ShapeHistory? history, ShapeGate? gate, CancellationToken stop)
    {
        _requests = requests;
        Thread thread = new(() => Run(() => Compute(signature, history, gate, stop)))
        {
            IsBackground = true,
            Name = "zero inference",
        };
        thread.Start();
    }

    /// <summary>Completes when the engine has let go of request and tensors. Cancelled if the gate did not open in time.</summary>
    public Task<EngineFault> Ended => _ended.Task;

    /// <summary>Frees request and tensors, after <see cref="Ended"/>.</summary>
    public void Free()
    {
        if (_owned.Count > 0 && _requests.Guard("freeing an infer request on it", FreeOwned).IsNone)
        {
            _owned.Clear();
        }
    }

    private void FreeOwned()
    {
        // Order: the tensors before the request.
        for (int i = _owned.Count - 1; i >= 0; i--)
        {
            _owned[i].Dispose();
        }
    }

    private void Run(Func<EngineFault> compute)
    {
        try
        {
            _ended.SetResult(compute());
        }
        catch (OperationCanceledException)
        {
            _ended.SetCanceled(CancellationToken.None);
        }
        catch (OpenVinoException failure)
        {
            _ended.SetResult(new EngineFault(failure.Status, failure.Detail));
        }
        catch (Exception surprise)
        {
            _ended.SetException(surprise);
        }
    }

    private EngineFault Compute(Signature signature, ShapeHistory? history, ShapeGate? gate, CancellationToken stop)
    {
        // Alone: a request must not be created beside an inference, and shapes that are new to the model must not compute beside others.
        gate?.EnterAsync(alone: true, stop).AsTask().GetAwaiter().GetResult();
        try
        {
            EngineFault computed = EngineFault.None;
            EngineFault broken = _requests.Guard("computing zeros on it", () => computed = Compute(signature, history), limit: null);
            return broken.IsNone ? computed : broken;
        }
        finally
        {
            gate?.Leave();
        }
    }

    private EngineFault Compute(Signature signature, ShapeHistory? history)
    {
        InferRequest request = _requests.CreateRequest();
        _owned.Add(request);
        long[][] shapes = history?.Latest ?? [.. signature.Inputs.Select(static input => ZeroTensor.LeastShape(input))];
        for (int i = 0; i < shapes.Length; i++)
        {
            TensorInfo input = signature.Inputs[i];
            if (ZeroTensor.TryMake(input, shapes[i], LargestInput) is not { } tensor)
            {
                return new EngineFault(OvStatus.OutOfBounds, $"input {input.Name} of shape ({string.Join(',', shapes[i])}) is too large");
            }

            _owned.Add(tensor);
            request.SetInput(input.Index, tensor);
        }

        EngineFault fault = EngineFault.Of(request.TryInfer());
        if (fault.IsNone)
        {
            // Order: before others pass the gate. What a later failure leaves can only be mended with shapes that are known to work.
            history?.Remember(shapes);
        }

        return fault;
    }
}
