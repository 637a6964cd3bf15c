using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Ovms.Devices;
using Ovms.Devices.Cpu;
using Ovms.Devices.Health;
using Ovms.Native;
using Ovms.Observability;
using Ovms.Repository;
using Ovms.Repository.Remote;
using Ovms.Serving.Health;
using Ovms.Serving.Preparation;
using Ovms.Serving.Sequences;
using Ovms.Serving.Signatures;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Serving.Loading;

/// <summary>Loads a version from its files: finds, reads, prepares and compiles the model.</summary>
/// <param name="cores">The engine.</param>
/// <param name="devices">Compiles models for devices.</param>
/// <param name="cpus">Allots CPUs to models.</param>
/// <param name="log">Logs every load.</param>
/// <param name="remotes">Fetches files from object stores; null if there are none.</param>
/// <param name="health">When a model whose device fails is not ready; null = never.</param>
/// <param name="language">Loads language models; null = all files are those of models that infer.</param>
internal sealed class ModelLoader(
    EngineCores cores,
    DeviceCompiler devices,
    CpuPlanner cpus,
    ILogger log,
    RemoteRepositories? remotes = null,
    HealthRule? health = null,
    LoadLanguage? language = null)
{
    private readonly ModelCompiler _compiler = new(devices, cpus);

    /// <summary>Loads one version. Blocks while files are fetched, read and compiled.</summary>
    /// <param name="id">The version.</param>
    /// <param name="folder">Its files.</param>
    /// <param name="config">The model's settings.</param>
    /// <param name="trial">
    /// Receives the load line's writer, if the model may be discarded again: then it is logged only if it is served. Null for other loads.
    /// </param>
    /// <returns>The loaded model, which the caller disposes, or why it cannot be loaded.</returns>
    public Outcome<LoadedModel> Load(ServableId id, ModelVersionFolder folder, ModelConfig config, Action<Action>? trial = null)
    {
        if (remotes is null || !RemotePath.IsRemote(config.BasePath))
        {
            return LoadLocal(id, folder, config, trial);
        }

        long started = Stopwatch.GetTimestamp();
        Outcome<LocalCopy> copy = remotes.Obtain(config.BasePath, id.Version);
        if (!copy.IsOk)
        {
            return copy.WithoutValue;
        }

        ILogger told = trial is null ? log : NullLogger.Instance;
        Log.ModelFetched(told, id.Name, id.Version, folder.Path, copy.Value.Path, Stopwatch.GetElapsedTime(started).TotalSeconds);
        Outcome<LoadedModel> loaded = LoadLocal(id, folder with { Path = copy.Value.Path }, config, trial);
        if (loaded.IsOk)
        {
            loaded.Value.Files = copy.Value;
        }
        else
        {
            copy.Value.Dispose();
        }

        return loaded;
    }

    private Outcome<LoadedModel> LoadLocal(ServableId id, ModelVersionFolder folder, ModelConfig config, Action<Action>? trial)
    {
        long started = Stopwatch.GetTimestamp();
        ILogger told = trial is null ? log : NullLogger.Instance;
        Outcome<ModelFile> file = FindFile(id, folder, config, told);
        if (!file.IsOk)
        {
            return file.WithoutValue;
        }

        if (language is not null && LanguageSettings.AreFor(config, file.Value))
        {
            Outcome<LanguageSettings> settings = LanguageSettings.From(config);
            return settings.IsOk ? language(id, file.Value, settings.Value) : settings.WithoutValue;
        }

        LoadWarnings.Tell(told, id, LanguageSettings.LackOf(config, file.Value) is { } lack ? [lack] : []);
        LoadWarnings.Tell(told, id, OptionsOfOtherKind.OnInference(config.Written) is { } other ? [other] : []);

        FilesSeen? seen = See(folder);
        Outcome<PreparedModel> read = Read(id, file.Value, config, told);
        if (!read.IsOk)
        {
            return read.WithoutValue;
        }

        PreparedModel prepared = read.Value;
        TimeSpan readTime = Stopwatch.GetElapsedTime(started);
        bool isKept = false;
        try
        {
            Outcome<WarmModel> warm = WarmModel.Make(_compiler, id, prepared, config, told);
            if (!warm.IsOk)
            {
                return warm.WithoutValue;
            }

            LoadedModel loaded = warm.Value.Loaded;
            if (health is not null && loaded.Uses is { } uses)
            {
                bool isShapeOpen = loaded.Dynamic is not null || prepared.Auto is not null;
                loaded.Health = new ServableHealth(
                    id, loaded.Device, isShapeOpen, health,
                    () => loaded.Zeros is { } zeros ? ModelProbe.AskAsync(zeros, uses) : uses.AskAsync());
            }

            if (prepared.Auto is not null)
            {
                isKept = true;
                loaded.Variants = VariantMaker.VariantsOf(id, prepared, loaded, warm.Value.Config, _compiler, log);
            }

            if (config.IsAdaptive && seen is not null)
            {
                Outcome<PreparedModel> Again() => ReadAgain(id, folder, seen, file.Value, config);
                ThroughputMaker maker = new(
                    id, warm.Value.Config, loaded.Health, () => loaded.Dynamic?.LatestShapes, Again, _compiler);
                long bytes = seen.Bytes * ThroughputForm.BytesPerFileByte;
                loaded.Throughput = new ThroughputForm(maker.Make, () => bytes);
                bool keepsState = file.Value.Ir is { KeepsState: true };
                if (config.LargestBatch > 0 && !keepsState && StaticShapeRule.NeededBy(warm.Value.Config.Device) is null)
                {
                    BatchMaker batches = new(id, warm.Value.Config, loaded, Again, _compiler);
                    loaded.BatchForm = new ThroughputForm(batches.Make, () => bytes + batches.RowBytes());
                }
            }

            if (trial is null)
            {
                Report(id, config, warm.Value, readTime);
            }
            else
            {
                Log.TrialCompiled(
                    log, id.Name, id.Version, config.Device.Text, loaded.Devices?.Text ?? "-", warm.Value.CompileTime.TotalSeconds,
                    warm.Value.WarmUp.Told);
                trial(() => Report(id, config, warm.Value, readTime));
            }

            return loaded;
        }
        finally
        {
            if (!isKept)
            {
                prepared.Dispose();
            }
        }
    }

    private Outcome<ModelFile> FindFile(ServableId id, ModelVersionFolder folder, ModelConfig config, ILogger told)
    {
        Outcome inside = config.AllowOutsidePaths ? Outcome.Ok : PathFence.CheckLinks(config.BasePath, folder.Path);
        Outcome<ModelFile> file = inside.IsOk ? ModelFile.Find(folder.Path) : inside;
        if (file.IsOk)
        {
            LoadWarnings.Tell(told, id, file.Value.Warnings);
        }

        return file;
    }

    private Outcome<PreparedModel> Read(ServableId id, ModelFile file, ModelConfig config, ILogger told)
    {
        Outcome<Model> model = ModelReader.Read(cores.Current, file);
        if (!model.IsOk)
        {
            return model.WithoutValue;
        }

        Outcome<PreparedModel> prepared = ModelPreparation.Prepare(
            model.Value,
            file.Ir,
            config.Settings,
            new PortNames(file.Names),
            needsFixedShapes: StaticShapeRule.NeededBy(config.Device) is not null);
        if (prepared.IsOk)
        {
            LoadWarnings.Tell(told, id, prepared.Value.Warnings);
            LoadWarnings.Tell(told, id, StateNotes.Of(file.Ir, config.Sequences));
        }

        return prepared;
    }

    // For a second form of the same model: other files would be another model under the same version.
    private Outcome<PreparedModel> ReadAgain(
        ServableId id, ModelVersionFolder folder, FilesSeen loaded, ModelFile file, ModelConfig config)
    {
        Outcome<PreparedModel> read = Read(id, file, config, NullLogger.Instance);
        if (!read.IsOk || See(folder)?.ToStamp() == loaded.ToStamp())
        {
            return read;
        }

        read.Value.Dispose();
        return Outcome.Fail(StatusCode.ModelNotLoaded, "its files have changed since it was loaded");
    }

    private static FilesSeen? See(ModelVersionFolder folder)
    {
        try
        {
            return FilesSeen.At(folder.Path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private void Report(ServableId id, ModelConfig config, WarmModel warm, TimeSpan read)
    {
        // A trial is reported when it has gone over to the better device: the figures are of that one.
        CompiledOnDevice compiled = warm.Loaded.Devices?.HaveChanged == true ? warm.Facts.ReadAgain(warm.Facts) : warm.Facts;
        if (compiled.CpuDecision is { } decision)
        {
            Log.CpuPlan(log, id.Name, id.Version, decision);
        }

        Log.ModelLoaded(
            log,
            id.Name,
            id.Version,
            config.Device.Text,
            warm.Loaded.Devices?.Text ?? compiled.ExecutionDevices,
            compiled.Streams ?? "-",
            compiled.Threads ?? "-",
            compiled.Hint ?? "-",
            compiled.InferencePrecision ?? "-",
            warm.Loaded.Pool.Size,
            read.TotalSeconds,
            warm.CompileTime.TotalSeconds,
            warm.WarmUp.Told,
            compiled.Cache);
        Log.ModelSignature(log, id.Name, id.Version, Describe(warm.Loaded.Signature.Inputs), Describe(warm.Loaded.Signature.Outputs));
    }

    private static string Describe(ImmutableArray<TensorInfo> ports) =>
        string.Join(", ", ports.Select(static port => $"{port.Name} {port.Marshaler.Precision} {port.Shape} {port.Layout}"));
}
