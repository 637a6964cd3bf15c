using Ovms.Native.Handles;
using Ovms.Native.Interop;

namespace Ovms.Native;

/// <summary>
/// One inference at a time. Not for two threads at once, except <see cref="Cancel"/>. While it runs, starting it and touching
/// its tensors fails with <see cref="OvStatus.RequestBusy"/>. Disposing a running request blocks until it has ended, and the
/// callback then never comes, so wait first. It outlives the compiled model it came from.
/// </summary>
public sealed unsafe class InferRequest : IDisposable
{
    internal InferRequest(InferRequestHandle handle)
    {
        Handle = handle;
        LiveObjects.InferRequestCount.Up();
    }

    internal InferRequestHandle Handle { get; }

    /// <summary>Shares a tensor with the request as an input. Its host memory, if any, must outlive the inference.</summary>
    public void SetInput(int index, Tensor tensor)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentNullException.ThrowIfNull(tensor);
        OpenVino.ov_infer_request_set_input_tensor_by_index(Handle, (nuint)index, tensor.Handle).Check();
    }

    /// <summary>
    /// Has the request write an output into the given tensor. Not for an output that a model hands on from an input as it
    /// is: OpenVINO takes the two ports for one, and this would replace the input.
    /// </summary>
    public void SetOutput(int index, Tensor tensor)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentNullException.ThrowIfNull(tensor);
        OpenVino.ov_infer_request_set_output_tensor_by_index(Handle, (nuint)index, tensor.Handle).Check();
    }

    /// <summary>The tensor an input is read from. The caller disposes it; the memory is shared with the request.</summary>
    public Tensor GetInput(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        OpenVino.ov_infer_request_get_input_tensor_by_index(Handle, (nuint)index, out TensorHandle tensor).Check();
        return new Tensor(tensor);
    }

    /// <summary>
    /// The tensor an output is written to. The caller disposes it; it outlives the request, and the next inference
    /// overwrites it. Where a model hands an input on as it is, this is the input tensor: host memory given to
    /// <see cref="SetInput"/> is needed until the output has been read.
    /// </summary>
    public Tensor GetOutput(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        OpenVino.ov_infer_request_get_output_tensor_by_index(Handle, (nuint)index, out TensorHandle tensor).Check();
        return new Tensor(tensor);
    }

    /// <summary>
    /// Sets, once for the life of the request, what is called when a started inference ends in whatever way. It is called
    /// on a thread of the device's, <em>before</em> the result is visible: it may only hand off. Who it handed to calls
    /// <see cref="TryWait"/> for the outcome; waiting inside the callback hangs. No exception may leave it.
    /// </summary>
    /// <exception cref="InvalidOperationException">A callback is set already.</exception>
    public void SetCallback(delegate* unmanaged[Cdecl]<void*, void> callback, void* argument)
    {
        if (Handle.HasCallback)
            throw new InvalidOperationException("The infer request has a callback already; it is set once, for the life of the request.");
        Handle.SetCallback(callback, argument).Check("ov_infer_request_set_callback");
    }

    /// <summary>Starts and returns at once. <see cref="OvStatus.RequestBusy"/> if it runs already.</summary>
    public OvStatus TryStart() => OpenVino.ov_infer_request_start_async(Handle);

    /// <summary>Blocks until the inference has ended: Ok, <see cref="OvStatus.InferCancelled"/>, or a failure.</summary>
    public OvStatus TryWait() => OpenVino.ov_infer_request_wait(Handle);

    /// <summary>As <see cref="TryWait"/>, but answers <see cref="OvStatus.ResultNotReady"/> when time runs out.</summary>
    public OvStatus TryWaitFor(TimeSpan timeout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        return OpenVino.ov_infer_request_wait_for(Handle, (long)timeout.TotalMilliseconds);
    }

    /// <summary>Starts and returns at once.</summary>
    public void Start() => OpenVino.ov_infer_request_start_async(Handle).Check();

    /// <summary>Blocks until the inference has ended.</summary>
    public void Wait() => OpenVino.ov_infer_request_wait(Handle).Check();

    /// <summary>
    /// Runs to the end, without calling back. Not on a request that was started and not waited for: it would run behind that
    /// inference, whose callback may be lost.
    /// </summary>
    public void Infer() => TryInfer().Check(nameof(OpenVino.ov_infer_request_infer));

    /// <summary>As <see cref="Infer"/>, but answers the status.</summary>
    public OvStatus TryInfer() => OpenVino.ov_infer_request_infer(Handle);

    /// <summary>
    /// Asks a running inference to stop; it still calls back, and a wait answers <see cref="OvStatus.InferCancelled"/>
    /// unless it was done before. Harmless when nothing runs. May be called from any thread.
    /// </summary>
    public void Cancel() => OpenVino.ov_infer_request_cancel(Handle).Check();

    /// <inheritdoc/>
    public void Dispose() => Handle.Dispose();
}
