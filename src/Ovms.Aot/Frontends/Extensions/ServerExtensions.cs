using System.Collections.Immutable;
using Ovms.SharedMemory;

namespace Ovms.Frontends.Extensions;

/// <summary>The protocol extensions that the server metadata lists: only those that work completely.</summary>
internal static class ServerExtensions
{
    private static readonly ImmutableArray<string> s_always = ["binary_tensor_data", "model_configuration", "sequence", "statistics"];
    private static readonly ImmutableArray<string> s_withRegions = [.. s_always, "system_shared_memory"];

    /// <summary>
    /// Their names. Extensions that work only in part are not listed: model_repository (no load or unload), trace and logging (read-only).
    /// The same holds for cuda_shared_memory (only unregistering what was never registered).
    /// </summary>
    /// <param name="regions">Whether shared memory can be registered.</param>
    public static ImmutableArray<string> Names(SharedRegions regions) => regions.IsAllowed ? s_withRegions : s_always;
}
