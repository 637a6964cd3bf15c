using Ovms.Devices;
using Ovms.Native;
using Ovms.Serving.Health;
using Ovms.Serving.Preparation;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Serving.Loading;

/// <summary>Compiles a loaded version once more, for many calls at a time: see <see cref="ThroughputForm"/>.</summary>
/// <param name="id">The version.</param>
/// <param name="config">The settings that it was loaded with.</param>
/// <param name="health">Its health, which is that of the second form too.</param>
/// <param name="latestShapes">The shapes of its latest call, by input index, if they are open; else null.</param>
/// <param name="read">Reads and prepares its files again.</param>
/// <param name="compiler">Compiles it.</param>
internal sealed class ThroughputMaker(
    ServableId id,
    ModelConfig config,
    ServableHealth health,
    Func<long[][]?> latestShapes,
    Func<Outcome<PreparedModel>> read,
    ModelCompiler compiler)
{
    // While a stream computes one call, the next call's inputs are set and an answer is read.
    private const int RequestsPerCpu = 2;

    private static readonly DeviceProperty s_throughput = new("PERFORMANCE_HINT", "THROUGHPUT");

    // A lone call must not wait for others to share a batch with. The CPU gathers none.
    private static readonly DeviceProperty s_noBatches = new("ALLOW_AUTO_BATCHING", "NO");

    /// <summary>Compiles it. Blocks until done.</summary>
    public Outcome<Servable> Make()
    {
        Outcome<PreparedModel> prepared = read();
        if (!prepared.IsOk)
        {
            return prepared.WithoutValue;
        }

        using PreparedModel model = prepared.Value;
        Outcome fixedShapes = latestShapes() is { } shapes ? Reshape(model, shapes) : Outcome.Ok;
        Outcome<(LoadedModel Loaded, CompiledOnDevice Facts)> compiled =
            fixedShapes.IsOk ? compiler.Compile(entry: null, model, Settings(), warnings: []) : fixedShapes;
        if (!compiled.IsOk)
        {
            return compiled.WithoutValue;
        }

        LoadedModel loaded = compiled.Value.Loaded;
        loaded.Health = health;
        WarmUp first = loaded.Zeros is { } zeros ? WarmUp.Run(loaded, zeros, config.Device, WarmUp.Patience) : WarmUp.Off;
        if ((first.Trouble ?? first.Refused) is { } why)
        {
            loaded.Dispose();
            return Outcome.Fail(StatusCode.ModelNotLoaded, $"it was compiled, but does not compute: {why}");
        }

        return new Servable(id, loaded);
    }

    /// <summary>A model's settings for a form that computes many calls at a time.</summary>
    /// <param name="config">The settings that it was loaded with.</param>
    /// <param name="nireq">The number of infer requests; 0 = as many as the device computes at the same time.</param>
    public static ModelConfig ForThroughput(ModelConfig config, int nireq)
    {
        DeviceProperty[] properties = config.Device.HasOnlyCpu || config.Device.Mode == DeviceMode.Batch
            ? [s_throughput]
            : [s_throughput, s_noBatches];
        return config with { Plugin = config.Plugin with { Properties = [.. properties] }, Nireq = nireq };
    }

    private ModelConfig Settings() =>
        ForThroughput(config, config.Device.HasOnlyCpu ? compiler.CpusOf(config) * RequestsPerCpu : 0);

    private static Outcome Reshape(PreparedModel model, long[][] shapes)
    {
        try
        {
            model.Model.Reshape([.. shapes.Select(static (shape, i) => KeyValuePair.Create(i, PartialShape.Of(shape)))]);
            return Outcome.Ok;
        }
        catch (OpenVinoException failure)
        {
            return Outcome.Fail(StatusCode.ReshapeError, failure.Said);
        }
    }
}
