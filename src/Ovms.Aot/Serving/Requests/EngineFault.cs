using Ovms.Native;

namespace Ovms.Serving.Requests;

/// <summary>Why the engine did not compute; none where it did. What a caller is told of it is worded elsewhere.</summary>
/// <param name="Status">The engine's.</param>
/// <param name="Detail">Its text; empty for a cancellation.</param>
/// <param name="ComputesOthers">Whether it has computed with other shapes since: then these are what it cannot do.</param>
internal readonly record struct EngineFault(OvStatus Status, string Detail, bool ComputesOthers = false)
{
    /// <summary>The inference went well.</summary>
    public static EngineFault None => default;

    /// <summary>Whether the inference went well.</summary>
    public bool IsNone => Status == OvStatus.Ok;

    /// <summary>
    /// The fault of an inference that ended with a status. Must run on the thread that got the status, before that thread calls OpenVINO again:
    /// OpenVINO keeps the text of the last error for each thread.
    /// </summary>
    public static EngineFault Of(OvStatus status) => status switch
    {
        OvStatus.Ok => None,
        OvStatus.InferCancelled => new(status, ""),
        _ => new(status, OpenVinoException.FromLastError(status, "ov_infer_request_wait").Detail),
    };
}
