using Ovms.Status;

namespace Ovms.Frontends.Extensions;

/// <summary>Why calls of the extensions are rejected, and what to do instead.</summary>
internal static class NotServed
{
    /// <summary>For loading and unloading by request.</summary>
    public static Outcome Load { get; } = Outcome.Fail(
        StatusCode.NotImplemented,
        "Models are not loaded or unloaded by calls: the configuration says what is served; "
        + "change it and call POST /v1/config/reload, or wait for the next poll");

    /// <summary>For naming one of several repositories.</summary>
    public static Outcome RepositoryName { get; } = Outcome.Fail(
        StatusCode.NotImplemented, "repository_name is given; Expected: none, there is one index of all models");

    /// <summary>For registering shared memory of CUDA.</summary>
    public static Outcome CudaSharedMemory { get; } = Outcome.Fail(
        StatusCode.SharedMemoryInvalid,
        "There is no shared memory of CUDA here: OpenVINO does not compute on CUDA devices; register a region of system shared memory "
        + "(--allow_shared_memory), or send tensors in the message");

    /// <summary>For a region of CUDA asked for by name.</summary>
    public static Outcome UnknownCudaRegion(string name) =>
        Outcome.Fail(StatusCode.SharedMemoryRegionMissing, $"Region: {Shown.Bounded(name)}; there is no shared memory of CUDA here");

    /// <summary>For a setting that does not exist.</summary>
    public static Outcome UnknownSetting(string extension, string name, IEnumerable<string> known) =>
        Outcome.Fail(
            StatusCode.InvalidSetting, $"{extension} setting: {Shown.Bounded(name)}; Expected: one of {string.Join(", ", known)}");
}
