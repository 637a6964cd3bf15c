using Ovms.Native.Handles;
using Ovms.Native.Interop;

namespace Ovms.Native;

/// <summary>
/// Runs one inference at a time. Not thread-safe, except <see cref="Cancel"/>. While an inference runs, starting another and accessing
/// the tensors fails with <see cref="OvStatus.RequestBusy"/>. Wait before disposing: disposing a running request blocks until it ends,
/// and its callback is then never called. A request remains valid after its compiled model is disposed.
/// </summary>
public sealed unsafe class InferRequest : IDisposable
{
    internal InferRequest(InferRequestHandle handle)
    {
        Handle = handle;
        LiveObjects.InferRequestCount.Up();
    }

    internal InferRequestHandle Handle { get; }

    /// <summary>Sets a tensor as an input; it is shared with the request. Its host memory, if any, must outlive the inference.</summary>
    public void SetInput(int index, Tensor tensor)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentNullException.ThrowIfNull(tensor);
        OpenVino.ov_infer_request_set_input_tensor_by_index(Handle, (nuint)index, tensor.Handle).Check();
    }

    /// <summary>
    /// Makes the request write an output into a given tensor. Not for an output that is an unchanged input of the model: OpenVINO treats
    /// the two ports as one, and this call would replace the input.
    /// </summary>
    public void SetOutput(int index, Tensor tensor)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentNullException.ThrowIfNull(tensor);
        OpenVino.ov_infer_request_set_output_tensor_by_index(Handle, (nuint)index, tensor.Handle).Check();
    }

    /// <summary>The tensor of an input. The caller disposes it; its memory is shared with the request.</summary>
    public Tensor GetInput(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        OpenVino.ov_infer_request_get_input_tensor_by_index(Handle, (nuint)index, out TensorHandle tensor).Check();
        return new Tensor(tensor);
    }

    /// <summary>
    /// The tensor of an output. The caller disposes it. It outlives the request, and the next inference overwrites it. If the model passes
    /// an input through unchanged, this is the input tensor: host memory given to <see cref="SetInput"/> is needed until the output has
    /// been read.
    /// </summary>
    public Tensor GetOutput(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        OpenVino.ov_infer_request_get_output_tensor_by_index(Handle, (nuint)index, out TensorHandle tensor).Check();
        return new Tensor(tensor);
    }

    /// <summary>
    /// Sets the callback for the end of every started inference, once for the life of the request. OpenVINO calls it on a thread of the
    /// device, <em>before</em> the result is visible. It may only signal another thread, which then calls <see cref="TryWait"/> for the
    /// status; waiting inside the callback deadlocks. It must not throw.
    /// </summary>
    /// <exception cref="InvalidOperationException">A callback is already set.</exception>
    public void SetCallback(delegate* unmanaged[Cdecl]<void*, void> callback, void* argument)
    {
        if (Handle.HasCallback)
            throw new InvalidOperationException("The infer request has a callback already; it is set once, for the life of the request.");
        Handle.SetCallback(callback, argument).Check("ov_infer_request_set_callback");
    }

    /// <summary>Starts an inference and returns at once; <see cref="OvStatus.RequestBusy"/> if one is running.</summary>
    public OvStatus TryStart() => OpenVino.ov_infer_request_start_async(Handle);

    /// <summary>Blocks until the inference has ended: Ok, <see cref="OvStatus.InferCancelled"/>, or a failure.</summary>
    public OvStatus TryWait() => OpenVino.ov_infer_request_wait(Handle);

    /// <summary>As <see cref="TryWait"/>, but returns <see cref="OvStatus.ResultNotReady"/> on timeout.</summary>
    public OvStatus TryWaitFor(TimeSpan timeout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        return OpenVino.ov_infer_request_wait_for(Handle, (long)timeout.TotalMilliseconds);
    }

    /// <summary>Starts an inference and returns at once.</summary>
    public void Start() => OpenVino.ov_infer_request_start_async(Handle).Check();

    /// <summary>Blocks until the inference has ended.</summary>
    public void Wait() => OpenVino.ov_infer_request_wait(Handle).Check();

    /// <summary>
    /// Runs an inference to its end, without the callback. Do not call it on a started request before waiting: it would run after that
    /// inference, whose callback may be lost.
    /// </summary>
    public void Infer() => TryInfer().Check(nameof(OpenVino.ov_infer_request_infer));

    /// <summary>As <see cref="Infer"/>, but returns the status.</summary>
    public OvStatus TryInfer() => OpenVino.ov_infer_request_infer(Handle);

    /// <summary>
    /// Cancels a running inference. It still invokes the callback, and a wait returns <see cref="OvStatus.InferCancelled"/> unless it had
    /// already finished. Has no effect when nothing is running. Thread-safe.
    /// </summary>
    public void Cancel() => OpenVino.ov_infer_request_cancel(Handle).Check();

    /// <inheritdoc/>
    public void Dispose() => Handle.Dispose();
}
