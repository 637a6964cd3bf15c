using Ovms.Devices;
using Ovms.Devices.Cpu;
using Ovms.Devices.Health;
using Ovms.Native;
using Ovms.Serving.Health;
using Ovms.Serving.Preparation;
using Ovms.Serving.Requests;
using Ovms.Serving.Sequences;
using Ovms.Serving.Shapes;
using Ovms.Serving.Signatures;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Serving.Loading;

/// <summary>Makes a prepared model ready to infer: compiles it, reads its signature and creates its infer requests.</summary>
/// <param name="devices">Compiles models for devices.</param>
/// <param name="cpus">Allots CPUs to models.</param>
internal sealed class ModelCompiler(DeviceCompiler devices, CpuPlanner cpus)
{
    /// <summary>Compiles a model. Blocks until done.</summary>
    /// <param name="entry">The name under which its CPU streams are counted; null = a variant, which is not counted.</param>
    /// <param name="prepared">The prepared model; the caller keeps its ownership.</param>
    /// <param name="config">The model's settings.</param>
    /// <param name="warnings">Receives warnings for the log.</param>
    /// <returns>The loaded model, which the caller disposes, and the properties reported by its device; or why it cannot be
    /// compiled.</returns>
    public Outcome<(LoadedModel Loaded, CompiledOnDevice Facts)> Compile(
        string? entry,
        PreparedModel prepared,
        ModelConfig config,
        List<string> warnings)
    {
        CpuAllotment? allotment = config.Device.MayUseCpu ? cpus.Allot(config.Name, warnings) : null;
        Outcome<CompiledOnDevice> compiled = devices.Compile(
            prepared.Model,
            config.Device,
            config.Plugin,
            config.Nireq,
            config.CacheDir,
            allotment);
        if (!compiled.IsOk)
        {
            return compiled.WithoutValue;
        }

        warnings.AddRange(compiled.Value.Warnings);
        Outcome<LoadedModel> loaded = default;
        try
        {
            Outcome made = Guard(compiled.Value, () => loaded = MakeRequests(prepared, compiled.Value, config, isVariant: entry is null));
            loaded = made.IsOk ? loaded : made;
        }
        catch
        {
            // Not by the finalizer: that would not ask the device first.
            Free(config.Name, compiled.Value);
            throw;
        }

        if (!loaded.IsOk)
        {
            Free(config.Name, compiled.Value);
            return loaded.WithoutValue;
        }

        if (allotment is not null && entry is not null)
        {
            int streams = ExecutionFacts.StreamsOnCpu(compiled.Value.ExecutionDevices, compiled.Value.Streams);
            string? warning = cpus.Streams.Add(entry, streams, allotment.Budget.Cpus, out StreamLedger.Entry counted);
            warnings.AddRange(warning is null ? [] : [warning]);
            loaded.Value.StreamEntry = counted;
            loaded.Value.Devices!.CpuStreamsRead = read => counted.Streams = read;
        }

        return (loaded.Value, compiled.Value);
    }

    /// <summary>The number of CPUs that a model may use now.</summary>
    public int CpusOf(ModelConfig config) => cpus.Allot(config.Name, []).Cpus;

    private static Outcome Guard(CompiledOnDevice compiled, Action work)
    {
        if (compiled.Uses is { } devices)
        {
            return devices.Run("making infer requests on it", work);
        }

        work();
        return Outcome.Ok;
    }

    private static void Free(string name, CompiledOnDevice compiled) => DeviceUse.Free(compiled.Uses, name, compiled.Model.Dispose);

    private static Outcome<LoadedModel> MakeRequests(
        PreparedModel prepared, CompiledOnDevice compiled, ModelConfig config, bool isVariant)
    {
        Outcome<Signature> signature = SignatureReader.Read(compiled.Model, prepared);
        if (!signature.IsOk)
        {
            return signature.WithoutValue;
        }

        ShapeHistory? shapes = signature.Value.Inputs.All(static input => input.Shape.IsStatic) ? null : new ShapeHistory(signature.Value);
        ShapeGate? gate = shapes?.Gate ?? (prepared.Model.IsDynamic ? new ShapeGate() : null);
        int inputs = signature.Value.Inputs.Length;
        bool canBeCancelled = !prepared.Model.IsDynamic;
        bool isPlain = canBeCancelled && config.Device.IsCpuAlone;
        InferencePace? pace = isPlain ? new InferencePace() : null;
        OutputMemory outputs = new(compiled.Model, prepared.Model.IsDynamic, config.Device) { Uses = compiled.Uses };
        bool hasFixedOutputs = isPlain && signature.Value.HasFixedOutputs;
        int streams = Math.Max(ExecutionFacts.StreamsOnCpu(compiled.ExecutionDevices, compiled.Streams), 1);
        MemoryRelease release = new(signature.Value, Math.Max(compiled.RequestCount, streams));
        bool isWaitLong = ImplicitBatch.IsWaitLong(compiled.Model);
        InferSlot MakeSlot(SequenceId? sequence)
        {
            SlotMemory? memory = isPlain ? SlotMemory.For(signature.Value) : null;
            RequestRun? run = null;
            try
            {
                run = new RequestRun(outputs.CreateRequest(), canBeCancelled) { Pace = pace };
                return new InferSlot(run, inputs, memory)
                {
                    Sequence = sequence,
                    Outputs = outputs,
                    Gate = gate,
                    Release = release.RunAsync,
                    KeepsOutputs = hasFixedOutputs && (memory is not null || outputs.AreFixed),
                };
            }
            catch
            {
                run?.Dispose();
                memory?.Dispose();
                throw;
            }
        }

        if (config.Sequences is { } sequences)
        {
            return Loaded(new SequenceTable(sequences, id => MakeSlot(id), compiled.RequestCount, config.QueueSize, gate));
        }

        // If the device computes one inference at a time, a second infer request lets the next call bind its inputs meanwhile.
        int spare = isPlain && config.Nireq == 0 && compiled.RequestCount == 1 ? 1 : 0;
        Outcome<InferRequestPool> pool =
            MakePool(MakeSlot, compiled.RequestCount + spare, config.QueueSize, gate, compiled.Uses is not null);
        return pool.IsOk ? Loaded(pool.Value) : pool.WithoutValue;

        LoadedModel Loaded(ISlotSource requests) => new(
            signature.Value,
            requests,
            compiled.Model,
            release.Dynamic = shapes is null ? null : new(signature.Value, shapes, requests, streams, compiled.Uses is not null),
            prepared.ModelInfo)
        {
            IsVariant = isVariant,
            Device = config.Device.Text,
            Uses = compiled.Uses,
            WarmsUp = config.WarmsUp,
            Zeros = isWaitLong ? null : new ZeroInference(signature.Value, outputs, shapes, gate),
            Devices = new ExecutingDevices(
                key => key == ExecutingDevices.StreamsKey ? compiled.ReadAgain(compiled).Streams : ExecutionFacts.Read(compiled.Model, key),
                config.Asked ?? config.Device,
                compiled.ExecutionDevices,
                compiled.Streams,
                config.Nireq == 0 ? requests as InferRequestPool : null)
            {
                IsOfFormerCore = compiled.IsOfFormerCore,
                LeavesOut = config.Asked is not null,
            },
        };
    }

    private static Outcome<InferRequestPool> MakePool(
        Func<SequenceId?, InferSlot> makeSlot, int count, int queueSize, ShapeGate? gate, bool isOnDevice)
    {
        List<InferSlot> slots = [];
        try
        {
            for (int i = 0; i < count; i++)
            {
                slots.Add(makeSlot(null));
            }
        }
        catch (Exception surprise) when (surprise is not OpenVinoException)
        {
            slots.ForEach(static slot => slot.Dispose());
            throw;
        }
        catch (OpenVinoException failure)
        {
            slots.ForEach(static slot => slot.Dispose());
            return Outcome.Fail(
                isOnDevice && DeviceFault.IsOf(failure.Detail) ? StatusCode.DeviceFailed : StatusCode.ModelNotLoaded,
                $"Infer request {slots.Count + 1} of {count} cannot be made: {failure.Said}. A smaller nireq needs less memory.");
        }

        return new InferRequestPool([.. slots], queueSize) { MakeSlot = () => makeSlot(null), Gate = gate };
    }
}
