using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Ovms.Devices;
using Ovms.Devices.Cpu;
using Ovms.Native;
using Ovms.Observability;
using Ovms.Repository;
using Ovms.Repository.Remote;
using Ovms.Serving.Preparation;
using Ovms.Serving.Sequences;
using Ovms.Status;

namespace Ovms.Serving;

/// <summary>Turns a version's files into something that infers: found, read, prepared, compiled, described, given infer requests.</summary>
/// <param name="core">The engine.</param>
/// <param name="devices">Compiles.</param>
/// <param name="cpus">Says what a model may use of the CPUs.</param>
/// <param name="log">Where it is told.</param>
/// <param name="remotes">Brings the files of models in object stores; null where there are none.</param>
internal sealed class ModelLoader(Core core, DeviceCompiler devices, CpuPlanner cpus, ILogger log, RemoteRepositories? remotes = null)
{
    /// <summary>Loads one version. Blocks for as long as fetching, reading and compiling take.</summary>
    /// <returns>The loaded model, the caller's to dispose, or a sentence that says what stands against it.</returns>
    public Outcome<LoadedModel> Load(ServableId id, ModelVersionFolder folder, ModelConfig config)
    {
        if (remotes is null || !RemotePath.IsRemote(config.BasePath))
        {
            return LoadLocal(id, folder, config);
        }

        long started = Stopwatch.GetTimestamp();
        Outcome<LocalCopy> copy = remotes.Obtain(config.BasePath, id.Version);
        if (!copy.IsOk)
        {
            return copy.WithoutValue;
        }

        Log.ModelFetched(log, id.Name, id.Version, folder.Path, copy.Value.Path, Stopwatch.GetElapsedTime(started).TotalSeconds);
        Outcome<LoadedModel> loaded = LoadLocal(id, folder with { Path = copy.Value.Path }, config);
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

    private Outcome<LoadedModel> LoadLocal(ServableId id, ModelVersionFolder folder, ModelConfig config)
    {
        long started = Stopwatch.GetTimestamp();
        Outcome<PreparedModel> read = Read(folder, config);
        if (!read.IsOk)
        {
            return read.WithoutValue;
        }

        using PreparedModel prepared = read.Value;
        TimeSpan readTime = Stopwatch.GetElapsedTime(started);
        started = Stopwatch.GetTimestamp();
        List<string> warnings = [];
        CpuAllotment? allotment = config.Device.MayUseCpu ? cpus.Allot(config.Name, warnings) : null;
        Warn(warnings);
        Outcome<CompiledOnDevice> compiled = devices.Compile(prepared.Model, config.Device, config.Plugin, config.Nireq, config.CacheDir, allotment);
        if (!compiled.IsOk)
        {
            return compiled.WithoutValue;
        }

        Warn(compiled.Value.Warnings);
        if (compiled.Value.CpuDecision is { } decision)
        {
            Log.CpuPlan(log, id.Name, id.Version, decision);
        }

        Outcome<LoadedModel> loaded = MakeRequests(prepared, compiled.Value, config);
        if (!loaded.IsOk)
        {
            compiled.Value.Model.Dispose();
            return loaded;
        }

        if (allotment is not null)
        {
            CountStreams(id, compiled.Value, allotment, loaded.Value);
        }

        Report(id, config, compiled.Value, loaded.Value, readTime, Stopwatch.GetElapsedTime(started));
        return loaded;
    }

    private Outcome<PreparedModel> Read(ModelVersionFolder folder, ModelConfig config)
    {
        Outcome inside = config.AllowOutsidePaths ? Outcome.Ok : PathFence.CheckLinks(config.BasePath, folder.Path);
        Outcome<ModelFile> file = inside.IsOk ? ModelFile.Find(folder.Path) : inside;
        if (!file.IsOk)
        {
            return file.WithoutValue;
        }

        Warn(file.Value.Warnings);
        Outcome<Model> model = ModelReader.Read(core, file.Value);
        if (!model.IsOk)
        {
            return model.WithoutValue;
        }

        Outcome<PreparedModel> prepared = ModelPreparation.Prepare(model.Value, file.Value.Ir, config.Settings, new PortNames(file.Value.Names));
        if (prepared.IsOk)
        {
            Warn(prepared.Value.Warnings);
            Warn(StateNotes.Of(file.Value.Ir, config.Sequences));
        }

        return prepared;
    }

    private static Outcome<LoadedModel> MakeRequests(PreparedModel prepared, CompiledOnDevice compiled, ModelConfig config)
    {
        Outcome<Signature> signature = SignatureReader.Read(compiled.Model, prepared);
        if (!signature.IsOk)
        {
            return signature.WithoutValue;
        }

        ShapeHistory? shapes = signature.Value.Inputs.All(static input => input.Shape.IsStatic) ? null : new ShapeHistory(signature.Value);
        int inputs = signature.Value.Inputs.Length;
        bool canBeCancelled = !prepared.Model.IsDynamic;
        InferencePace? pace = canBeCancelled && config.Device.IsCpuAlone ? new InferencePace() : null;
        Func<Sequence?, InferSlot> makeSlot = sequence => new InferSlot(compiled.Model.CreateInferRequest(), inputs, canBeCancelled) { Sequence = sequence, Pace = pace };
        if (config.Sequences is { } sequences)
        {
            return Loaded(new SequenceTable(sequences, makeSlot, compiled.OptimalRequests, config.QueueSize));
        }

        Outcome<InferRequestPool> pool = MakePool(makeSlot, compiled.OptimalRequests, config.QueueSize);
        return pool.IsOk ? Loaded(pool.Value) : pool.WithoutValue;

        LoadedModel Loaded(ISlotSource requests) => new(signature.Value, requests, compiled.Model, shapes, prepared.ModelInfo)
        {
            Streams = int.TryParse(compiled.Streams, NumberStyles.None, CultureInfo.InvariantCulture, out int streams) ? streams : 0,
        };
    }

    private static Outcome<InferRequestPool> MakePool(Func<Sequence?, InferSlot> makeSlot, int count, int queueSize)
    {
        List<InferSlot> slots = [];
        try
        {
            for (int i = 0; i < count; i++)
            {
                slots.Add(makeSlot(null));
            }
        }
        catch (OpenVinoException failure)
        {
            slots.ForEach(static slot => slot.Dispose());
            return Outcome.Fail(StatusCode.ModelNotLoaded, $"Infer request {slots.Count + 1} of {count} cannot be made: {failure.Said}. A smaller nireq needs less memory.");
        }

        return new InferRequestPool([.. slots], queueSize);
    }

    private void CountStreams(ServableId id, CompiledOnDevice compiled, CpuAllotment allotment, LoadedModel loaded)
    {
        int streams = StreamLedger.OnCpu(compiled.ExecutionDevices, compiled.Streams);
        if (cpus.Streams.Add(id.ToString(), streams, allotment.Budget.Cpus, out IDisposable entry) is { } warning)
        {
            Log.Warning(log, warning);
        }

        loaded.StreamEntry = entry;
    }

    private void Report(ServableId id, ModelConfig config, CompiledOnDevice compiled, LoadedModel loaded, TimeSpan read, TimeSpan compile)
    {
        Log.ModelLoaded(
            log,
            id.Name,
            id.Version,
            config.Device.Text,
            compiled.ExecutionDevices,
            compiled.Streams ?? "-",
            compiled.Threads ?? "-",
            compiled.Hint ?? "-",
            compiled.InferencePrecision ?? "-",
            loaded.Pool.Size,
            read.TotalSeconds,
            compile.TotalSeconds);
        Log.ModelSignature(log, id.Name, id.Version, Describe(loaded.Signature.Inputs), Describe(loaded.Signature.Outputs));
    }

    private static string Describe(ImmutableArray<TensorInfo> ports) =>
        string.Join(", ", ports.Select(static port => $"{port.Name} {port.Marshaler.Precision} {port.Shape} {port.Layout}"));

    private void Warn(IEnumerable<string> warnings)
    {
        foreach (string warning in warnings)
        {
            Log.Warning(log, warning);
        }
    }
}
