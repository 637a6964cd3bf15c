using Ovms.Repository;
using Ovms.Serving.Loading;

namespace Ovms.Serving.Lifecycle;

/// <summary>What a servable is made from.</summary>
/// <param name="Config">The model's settings.</param>
/// <param name="Folder">Where the version lies.</param>
/// <param name="Stamp">How its files looked.</param>
internal sealed record VersionSource(ModelConfig Config, ModelVersionFolder Folder, FilesStamp Stamp)
{
    /// <summary>Whether a servable made from the other one is as good as one made from this.</summary>
    public bool MakesTheSameAs(VersionSource? other) =>
        other is not null && Folder == other.Folder && Stamp == other.Stamp && Config.CompilesLike(other.Config);
}
