using System.Collections.Immutable;

namespace Ovms.Frontends.Extensions;

/// <summary>The extensions of the protocol that the server metadata names: only those that work.</summary>
internal static class ServerExtensions
{
    /// <summary>
    /// Their names. Missing are those of which only a part is answered: model_repository (index, no load and unload), trace and logging
    /// (read, no change), system_shared_memory and cuda_shared_memory (unregister of what never was registered).
    /// </summary>
    public static ImmutableArray<string> Names { get; } = ["binary_tensor_data", "model_configuration", "sequence", "statistics"];
}
