using Ovms.Repository;
using Ovms.Serving.Loading;

namespace Ovms.Serving.Lifecycle;

/// <summary>What a servable is loaded from.</summary>
/// <param name="Config">The model's settings.</param>
/// <param name="Folder">The version's folder.</param>
/// <param name="Stamp">The state of its files.</param>
internal sealed record VersionSource(ModelConfig Config, ModelVersionFolder Folder, FilesStamp Stamp)
{
    /// <summary>Whether a servable loaded from the other source is equivalent to one from this source.</summary>
    public bool MakesTheSameAs(VersionSource? other) =>
        other is not null && Folder == other.Folder && Stamp == other.Stamp && Config.CompilesLike(other.Config);
}
