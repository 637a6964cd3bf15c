using System.Collections.Immutable;
using Ovms.Configuration;
using Ovms.Options;
using Ovms.Repository;
using Ovms.Repository.Remote;
using Ovms.Serving.Loading;
using Ovms.Status;

namespace Ovms.Serving.Lifecycle;

/// <summary>Reads configuration and disk and determines what should be served; one look at a time.</summary>
/// <remarks>
/// A look blocks on disks. A disk that does not answer is given up after a time limit, and the look continues with models on other disks.
/// </remarks>
/// <param name="source">The source of the configuration.</param>
/// <param name="server">The server's options.</param>
/// <param name="first">The configuration just read from the source, which the first look uses; null to read it.</param>
/// <param name="remotes">Lists base paths in object stores; null if there are none.</param>
internal sealed class DesiredReader(ConfigSource source, ServerOptions server, ServerConfig? first, RemoteRepositories? remotes = null)
{
    // Long enough for a disk that must spin up first.
    private static readonly TimeSpan s_stepLimit = TimeSpan.FromSeconds(10);

    private Dictionary<string, (ModelOptions Written, Outcome<ModelConfig> Config)> _parsed = [];
    private HashSet<string> _emptyBefore = [];
    private HashSet<string> _emptyNow = [];
    private LocalLooks? _local;
    private ServerConfig? _first = first;
    private ServerConfig? _config;
    private long _looks;

    /// <summary>Runs the steps that read from disks.</summary>
    public LookSteps Steps { get; init; } = new(s_stepLimit);

    /// <summary>Opens a base path; tests replace it with one that hangs.</summary>
    public Func<string, Outcome<ModelRepository>> OpenRepository { get; init; } = ModelRepository.Open;

    /// <summary>Performs a look. Changes only the reader's own state.</summary>
    /// <param name="isVouched">See <see cref="Desired.IsVouched"/>.</param>
    public DesiredLook Look(bool isVouched)
    {
        Steps.BeginLook();
        Outcome<ServerConfig> read = _first is { } given ? given : Read();
        _first = null;
        bool changed = read.IsOk && read.Value.Fingerprint != _config?.Fingerprint;
        if (read.IsOk)
        {
            // An unreadable configuration leaves the last readable one in force.
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

        models.AddRange((_config?.Graphs ?? []).Select(graph => ComposedLook.Of(graph, server)));
        models.AddRange((_config?.Pipelines ?? []).Select(pipeline => ComposedLook.Of(pipeline, server)));
        Desired desired = new([.. models], ++_looks, isVouched);
        return new DesiredLook(desired, read.WithoutValue, changed, changed ? _config!.Errors : [], changed ? _config!.Warnings : []);
    }

    // The empty step name stands for the configuration; models have names.
    private Outcome<ServerConfig> Read() => Steps.TryRun("", source.Read, out Outcome<ServerConfig> read)
        ? read
        : Outcome.Fail(
            StatusCode.ConfigFileInvalid,
            $"it was not read within {Steps.Limit.TotalSeconds:0.###} s: its disk does not answer. It is looked at again when it does.");

    private DesiredModel Find(
        ModelOptions written,
        Dictionary<string, (ModelOptions Written, Outcome<ModelConfig> Config)> before,
        bool isVouched)
    {
        try
        {
            bool isKnown = before.TryGetValue(written.ModelName, out (ModelOptions Written, Outcome<ModelConfig> Config) known)
                && known.Written == written;
            Outcome<ModelConfig> config = isKnown ? known.Config : ModelConfig.From(written, server);
            _parsed[written.ModelName] = (written, config);
            return config.IsOk ? Find(config.Value, isVouched) : new DesiredModel(written.ModelName, null, null, config.WithoutValue);
        }
        catch (Exception surprise)
        {
            // An exception for one model must not stop the others. Its loaded versions stay.
            return new DesiredModel(
                written.ModelName,
                null,
                null,
                Outcome.Fail(StatusCode.InternalError, $"{surprise.GetType().Name}: {surprise.Message}"));
        }
    }

    private DesiredModel Find(ModelConfig config, bool isVouched)
    {
        if (remotes is null || !RemotePath.IsRemote(config.BasePath))
        {
            Outcome<LocalLook> found = _local!.Look(config.Name, config.BasePath);
            return found.IsOk
                ? Readable(config, found.Value.Repository, found.Value.Versions)
                : Unreadable(config, found.WithoutValue, isVouched);
        }

        Outcome<RemoteLook> look = remotes.Look(config.BasePath, isVouched);
        return look.IsOk ? Readable(config, look.Value.Repository, look.Value.Versions) : Unreadable(config, look.WithoutValue, isVouched);
    }

    private static DesiredModel Readable(ModelConfig config, ModelRepository repository, ImmutableArray<VersionOnDisk> versions) =>
        new(config.Name, config, versions, repository.Select(config.Versions).WithoutValue)
        {
            Warnings = repository.Warnings,
            Missing = config.Versions.Missing(repository.Versions.Select(static folder => folder.Version)),
        };

    private DesiredModel Unreadable(ModelConfig config, Outcome why, bool isVouched)
    {
        if (why.Code != StatusCode.NoModelVersionAvailable)
        {
            // An unreadable folder tells nothing about versions, so the loaded ones stay.
            return new DesiredModel(config.Name, config, null, why);
        }

        // The only version may just be being replaced. An empty folder therefore unloads the model only if two looks find it empty or
        // an operator vouches for it.
        _emptyNow.Add(config.Name);
        return isVouched || _emptyBefore.Contains(config.Name)
            ? new DesiredModel(config.Name, config, [], why)
            : new DesiredModel(config.Name, config, null, Outcome.Ok);
    }
}
