using System.Collections.Immutable;
using Ovms.Configuration;
using Ovms.Options;
using Ovms.Repository;
using Ovms.Status;

namespace Ovms.Serving.Lifecycle;

/// <summary>
/// Looks at the configuration and at the disk, and says what ought to be served. Blocks for as long as the disk takes; one look at a time.
/// </summary>
/// <param name="source">Where the configuration comes from.</param>
/// <param name="server">The server's options.</param>
/// <param name="first">What the source gave just now: the first look does not read it again.</param>
internal sealed class DesiredReader(ConfigSource source, ServerOptions server, ServerConfig? first)
{
    private readonly VersionWatch _watch = new();
    private Dictionary<string, (ModelOptions Written, Outcome<ModelConfig> Config)> _parsed = [];
    private HashSet<string> _emptyBefore = [];
    private HashSet<string> _emptyNow = [];
    private ServerConfig? _first = first;
    private ServerConfig? _config;
    private long _looks;

    /// <summary>Looks.</summary>
    /// <param name="isVouched">See <see cref="Desired.IsVouched"/>.</param>
    public DesiredLook Look(bool isVouched)
    {
        Outcome<ServerConfig> read = _first is { } given ? given : source.Read();
        _first = null;
        bool changed = read.IsOk && read.Value.Fingerprint != _config?.Fingerprint;
        if (read.IsOk)
        {
            // What cannot be read any more leaves the last one that could in force.
            _config = read.Value;
        }

        _watch.BeginLook();
        (_emptyBefore, _emptyNow) = (_emptyNow, []);
        Dictionary<string, (ModelOptions Written, Outcome<ModelConfig> Config)> before = _parsed;
        _parsed = [];
        List<DesiredModel> models = [];
        foreach (ModelOptions written in _config?.Models ?? [])
        {
            Outcome<ModelConfig> config = before.TryGetValue(written.ModelName, out (ModelOptions Written, Outcome<ModelConfig> Config) known) && known.Written == written
                ? known.Config
                : ModelConfig.From(written, server);
            _parsed[written.ModelName] = (written, config);
            models.Add(config.IsOk ? OnDisk(config.Value, isVouched) : new DesiredModel(written.ModelName, null, null, config.WithoutValue));
        }

        Desired desired = new([.. models], ++_looks, isVouched) { Graphs = [.. (_config?.Graphs ?? []).Select(static graph => graph.Name)] };
        return new DesiredLook(desired, read.WithoutValue, changed, changed ? _config!.Errors : [], changed ? _config!.Warnings : []);
    }

    private DesiredModel OnDisk(ModelConfig config, bool isVouched)
    {
        Outcome<ModelRepository> opened = ModelRepository.Open(config.BasePath);
        if (opened.Code == StatusCode.NoModelVersionAvailable)
        {
            // An empty folder says that nothing is to be served, once it stays so: somebody may just be exchanging the only version.
            _emptyNow.Add(config.Name);
            return isVouched || _emptyBefore.Contains(config.Name)
                ? new DesiredModel(config.Name, config, [], opened.WithoutValue)
                : new DesiredModel(config.Name, config, null, Outcome.Ok);
        }

        if (!opened.IsOk)
        {
            // A folder that cannot be seen says nothing.
            return new DesiredModel(config.Name, config, null, opened.WithoutValue);
        }

        ImmutableArray<VersionOnDisk> versions = [.. opened.Value.Versions.Select(_watch.Look)];
        return new DesiredModel(config.Name, config, versions, opened.Value.Select(config.Versions).WithoutValue) { Warnings = opened.Value.Warnings };
    }
}
