namespace Ovms.Native;

/// <summary>
/// Result of a native call (<c>ov_status_e</c>). Nearly every failure is <see cref="GeneralError"/>; the accompanying text states the
/// cause.
/// </summary>
public enum OvStatus
{
    /// <summary>Success.</summary>
    Ok = 0,
    /// <summary>Any exception inside the library without a specific status.</summary>
    GeneralError = -1,
    /// <summary>The device does not implement the call.</summary>
    NotImplemented = -2,
    /// <summary>No network loaded.</summary>
    NetworkNotLoaded = -3,
    /// <summary>A parameter does not match the model.</summary>
    ParameterMismatch = -4,
    /// <summary>The requested object does not exist.</summary>
    NotFound = -5,
    /// <summary>An index or value is out of range.</summary>
    OutOfBounds = -6,
    /// <summary>An exception that is not one of OpenVINO's types.</summary>
    Unexpected = -7,
    /// <summary>The request is running.</summary>
    RequestBusy = -8,
    /// <summary>The wait timed out before the result was ready.</summary>
    ResultNotReady = -9,
    /// <summary>Memory was not allocated.</summary>
    NotAllocated = -10,
    /// <summary>The request was not started.</summary>
    InferNotStarted = -11,
    /// <summary>The model was not read.</summary>
    NetworkNotRead = -12,
    /// <summary>The request was cancelled.</summary>
    InferCancelled = -13,
    /// <summary>A null pointer or an invalid size was passed to C; there is no text for it.</summary>
    InvalidCParam = -14,
    /// <summary>An unknown error in the C layer.</summary>
    UnknownCError = -15,
    /// <summary>The C layer lacks this function.</summary>
    NotImplementedCMethod = -16,
    /// <summary>An exception of unknown type.</summary>
    UnknownException = -17,
}
