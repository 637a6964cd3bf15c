using System.Collections.Concurrent;
using System.Collections.Immutable;
using Ovms.Options;

namespace Ovms.Configuration;

/// <summary>
/// The models of graphs as their subconfiguration files last had them, so that a file that an edit has broken takes no model away.
/// Thread-safe.
/// </summary>
internal sealed class LastSubconfigs
{
    private readonly ConcurrentDictionary<string, ImmutableArray<(ModelOptions Model, string Path)>> _models = new(StringComparer.Ordinal);

    /// <summary>Keeps what a file has.</summary>
    /// <param name="file">The file.</param>
    /// <param name="models">Its models, each with its place for messages.</param>
    public void Keep(string file, ImmutableArray<(ModelOptions Model, string Path)> models) => _models[file] = models;

    /// <summary>What a file had when it was last readable; nothing if it never was.</summary>
    public ImmutableArray<(ModelOptions Model, string Path)> Of(string file) =>
        _models.TryGetValue(file, out ImmutableArray<(ModelOptions Model, string Path)> models) ? models : [];
}
