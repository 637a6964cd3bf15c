using System.Collections.Immutable;

namespace Ovms.Frontends.Extensions;

/// <summary>The protocol extensions that the server metadata lists: only those that work completely.</summary>
internal static class ServerExtensions
{
    /// <summary>
    /// Their names. Extensions that work only in part are not listed: model_repository (no load or unload), trace and logging (read-only).
    /// The same holds for system_shared_memory and cuda_shared_memory (only unregistering what was never registered).
    /// </summary>
    public static ImmutableArray<string> Names { get; } = ["binary_tensor_data", "model_configuration", "sequence", "statistics"];
}
