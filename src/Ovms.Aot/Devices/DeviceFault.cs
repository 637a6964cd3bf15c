namespace Ovms.Devices;

/// <summary>
/// Recognises in OpenVINO's error texts that a device other than the CPU failed: its driver returned an error, or it has no memory.
/// OpenVINO has one status for all failures, so only the text tells.
/// </summary>
/// <remarks>
/// It must not be asked about models on the CPU alone. Their failures come from what callers send, and OpenVINO keeps one error text for
/// the whole process: the text may be that of another model, which fails on a GPU at the same moment.
/// </remarks>
internal static class DeviceFault
{
    /// <summary>What a plugin did that C++ ends the process for; for texts that <see cref="IsOf"/> recognises.</summary>
    public const string Thrown = "threw an exception where C++ allows none";

    // OpenCL's and Level Zero's names of errors, functions of OpenCL, and OpenVINO's own texts for some of their errors.
    private static readonly string[] s_marks =
    [
        "[GPU] cl", "buffer allocation failed",
        "CL_OUT_OF_", "CL_MEM_OBJECT_ALLOCATION_FAILURE", "CL_DEVICE_NOT_", "CL_INVALID_", "CL_MAP_FAILURE", "CL_EXEC_STATUS_ERROR",
        "CL_COMPILER_NOT_AVAILABLE", "CL_BUILD_PROGRAM_FAILURE", "clEnqueue", "clFinish", "clFlush", "clWaitForEvents", "clCreate",
        "clBuildProgram", "[CL ext] Can not allocate", "Could not allocate memory", "max alloc size supported by device",
        "memory object allocation", "out of GPU resources", "Command queues builder returned", "ZE_RESULT_ERROR_",
        Thrown,
    ];

    /// <summary>Whether an error text of a model on such a device is the device's trouble, not that of the request or the model.</summary>
    public static bool IsOf(string text)
    {
        foreach (string mark in s_marks)
        {
            if (text.Contains(mark, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Whether such a text is about a program in binary form. The model cache keeps those, so that a damaged entry may be to blame.
    /// </summary>
    public static bool IsOfBinary(string text) => text.Contains("Binary", StringComparison.Ordinal)
        || text.Contains("CL_INVALID_BINARY", StringComparison.Ordinal);
}
