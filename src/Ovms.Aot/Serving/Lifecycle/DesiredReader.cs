using System.Collections.Immutable;
using Ovms.Configuration;
using Ovms.Options;
using Ovms.Repository;
using Ovms.Repository.Remote;
using Ovms.Serving.Loading;
using Ovms.Status;

namespace Ovms.Serving.Lifecycle;

/// <summary>
/// Looks at the configuration and at the disk, and says what ought to be served; one look at a time. Blocks for as long as disks take,
/// and a disk that does not answer is waited for so long only; what lies on others is looked at all the same.
/// </summary>
/// <param name="source">Where the configuration comes from.</param>
/// <param name="server">The server's options.</param>
/// <param name="first">What the source gave just now: the first look does not read it again.</param>
/// <param name="remotes">Looks at base paths in object stores; null where there are none.</param>
internal sealed class DesiredReader(ConfigSource source, ServerOptions server, ServerConfig? first, RemoteRepositories? remotes = null)
{
    // What a disk needs that has to wake up first.
    private static readonly TimeSpan s_stepLimit = TimeSpan.FromSeconds(10);

    private Dictionary<string, (ModelOptions Written, Outcome<ModelConfig> Config)> _parsed = [];
    private HashSet<string> _emptyBefore = [];
    private HashSet<string> _emptyNow = [];
    private LocalLooks? _local;
    private ServerConfig? _first = first;
    private ServerConfig? _config;
    private long _looks;

    /// <summary>Runs what reads from disks.</summary>
    public LookSteps Steps { get; init; } = new(s_stepLimit);

    /// <summary>Looks at a base path; tests put one in that hangs.</summary>
    public Func<string, Outcome<ModelRepository>> OpenRepository { get; init; } = ModelRepository.Open;

    /// <summary>Looks; changes nothing but what it remembers itself.</summary>
    /// <param name="isVouched">See <see cref="Desired.IsVouched"/>.</param>
    public DesiredLook Look(bool isVouched)
    {
        Steps.BeginLook();
        Outcome<ServerConfig> read = _first is { } given ? given : Read();
        _first = null;
        bool changed = read.IsOk && read.Value.Fingerprint != _config?.Fingerprint;
        if (read.IsOk)
        {
            // What cannot be read any more leaves the last one that could in force.
            _config = read.Value;
        }

        _local ??= new LocalLooks(Steps, OpenRepository);
        _local.BeginLook();
        (_emptyBefore, _emptyNow) = (_emptyNow, []);
        remotes?.BeginLook(_config?.Models.Select(static model => model.ModelPath) ?? [], isVouched);
        Dictionary<string, (ModelOptions Written, Outcome<ModelConfig> Config)> before = _parsed;
        _parsed = [];
        List<DesiredModel> models = [];
        foreach (ModelOptions written in _config?.Models ?? [])
        {
            models.Add(Find(written, before, isVouched));
        }

        Desired desired = new([.. models], ++_looks, isVouched) { Graphs = [.. (_config?.Graphs ?? []).Select(static graph => graph.Name)] };
        return new DesiredLook(desired, read.WithoutValue, changed, changed ? _config!.Errors : [], changed ? _config!.Warnings : []);
    }

    // The configuration has no name, models have one.
    private Outcome<ServerConfig> Read() => Steps.TryRun("", source.Read, out Outcome<ServerConfig> read)
        ? read
        : Outcome.Fail(
            StatusCode.ConfigFileInvalid,
            $"it was not read within {Steps.Limit.TotalSeconds:0.###} s: its disk does not answer. It is looked at again when it does.");

    private DesiredModel Find(ModelOptions written, Dictionary<string, (ModelOptions Written, Outcome<ModelConfig> Config)> before, bool isVouched)
    {
        try
        {
            Outcome<ModelConfig> config = before.TryGetValue(written.ModelName, out (ModelOptions Written, Outcome<ModelConfig> Config) known) && known.Written == written
                ? known.Config
                : ModelConfig.From(written, server);
            _parsed[written.ModelName] = (written, config);
            return config.IsOk ? Find(config.Value, isVouched) : new DesiredModel(written.ModelName, null, null, config.WithoutValue);
        }
        catch (Exception surprise)
        {
            // One model's surprise is no reason to stop following the others; what is loaded of it stays.
            return new DesiredModel(written.ModelName, null, null, Outcome.Fail(StatusCode.InternalError, $"{surprise.GetType().Name}: {surprise.Message}"));
        }
    }

    private DesiredModel Find(ModelConfig config, bool isVouched)
    {
        if (remotes is null || !RemotePath.IsRemote(config.BasePath))
        {
            Outcome<LocalLook> found = _local!.Look(config.Name, config.BasePath);
            return found.IsOk ? Seen(config, found.Value.Repository, found.Value.Versions) : Unseen(config, found.WithoutValue, isVouched);
        }

        Outcome<RemoteLook> look = remotes.Look(config.BasePath, isVouched);
        return look.IsOk ? Seen(config, look.Value.Repository, look.Value.Versions) : Unseen(config, look.WithoutValue, isVouched);
    }

    private static DesiredModel Seen(ModelConfig config, ModelRepository repository, ImmutableArray<VersionOnDisk> versions) =>
        new(config.Name, config, versions, repository.Select(config.Versions).WithoutValue) { Warnings = repository.Warnings };

    private DesiredModel Unseen(ModelConfig config, Outcome why, bool isVouched)
    {
        if (why.Code != StatusCode.NoModelVersionAvailable)
        {
            // A folder that cannot be seen says nothing.
            return new DesiredModel(config.Name, config, null, why);
        }

        // An empty folder says that nothing is to be served, once it stays so: somebody may just be exchanging the only version.
        _emptyNow.Add(config.Name);
        return isVouched || _emptyBefore.Contains(config.Name)
            ? new DesiredModel(config.Name, config, [], why)
            : new DesiredModel(config.Name, config, null, Outcome.Ok);
    }
}
