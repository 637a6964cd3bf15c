using Ovms.Native;

namespace Ovms.Serving.Requests;

/// <summary>The failure of an inference; <see cref="None"/> on success. The caller's error text is made elsewhere.</summary>
/// <param name="Status">OpenVINO's status.</param>
/// <param name="Detail">OpenVINO's error text; empty for a cancellation.</param>
/// <param name="ComputesOthers">Whether other shapes have succeeded since; then the model cannot compute with these shapes.</param>
internal readonly record struct EngineFault(OvStatus Status, string Detail, bool ComputesOthers = false)
{
    /// <summary>The inference succeeded.</summary>
    public static EngineFault None => default;

    /// <summary>The fault of a call to OpenVINO that threw.</summary>
    public static EngineFault Of(OpenVinoException thrown) => new(thrown.Status, thrown.Detail);

    /// <summary>Whether the inference succeeded.</summary>
    public bool IsNone => Status == OvStatus.Ok;

    /// <summary>
    /// The fault of an inference that ended with a status. Must run on the thread that got the status, before that thread calls OpenVINO
    /// again: OpenVINO keeps the text of the last error for each thread.
    /// </summary>
    public static EngineFault Of(OvStatus status) => status switch
    {
        OvStatus.Ok => None,
        OvStatus.InferCancelled => new(status, ""),
        _ => new(status, OpenVinoException.FromLastError(status, "ov_infer_request_wait").Detail),
    };
}
