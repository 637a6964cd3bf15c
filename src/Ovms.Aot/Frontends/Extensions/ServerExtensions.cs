using System.Collections.Immutable;

namespace Ovms.Frontends.Extensions;

/// <summary>The protocol extensions that the server metadata lists: only those that work completely.</summary>
internal static class ServerExtensions
{
    /// <summary>
    /// Their names. Not listed, since only a part of each works: model_repository (index, no load or unload), trace and logging (read, no
    /// change), system_shared_memory and cuda_shared_memory (unregistering what was never registered).
    /// </summary>
    public static ImmutableArray<string> Names { get; } = ["binary_tensor_data", "model_configuration", "sequence", "statistics"];
}
