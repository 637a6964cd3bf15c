using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
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
    public bool MakesTheSameAs(VersionSource? other) => IsOfTheSameFiles(other) && UsesTheSame(other);

    /// <summary>What the servables were loaded from that it calls, in the order of its settings. Empty for a model.</summary>
    public ImmutableArray<VersionSource?> Uses { get; init; } = [];

    /// <summary>Whether the files and settings are the same, whatever it calls.</summary>
    public bool IsOfTheSameFiles([NotNullWhen(true)] VersionSource? other) =>
        other is not null && Folder == other.Folder && Stamp == other.Stamp && Config.CompilesLike(other.Config);

    private bool UsesTheSame(VersionSource other) => Uses.Length == other.Uses.Length
        && Uses.Zip(other.Uses).All(static pair => pair.First is null ? pair.Second is null : pair.First.MakesTheSameAs(pair.Second));
}
