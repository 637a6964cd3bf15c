using System.Threading.Channels;
using Ovms.Bench.Measuring;
using Ovms.Hosting;
using Ovms.Repository;
using Ovms.Serving;
using Ovms.Serving.Loading;
using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Bench;

/// <summary>The engine with the model in this process, and the request that it computes. All its infer requests are rented.</summary>
internal sealed class RawEngine : IDisposable
{
    private readonly LoadedModel _model;
    private readonly Channel<InferSlot> _slots;

    private RawEngine(LoadedModel model, BenchInput input, Channel<InferSlot> slots) => (_model, Input, _slots) = (model, input, slots);

    /// <summary>The request.</summary>
    public BenchInput Input { get; }

    /// <summary>The model's inputs and outputs.</summary>
    public Signature Signature => _model.Signature;

    /// <summary>Number of infer requests.</summary>
    public int Requests => _model.Pool.Size;

    /// <summary>The path of its callers.</summary>
    public BenchWay Way => new(
        BenchWay.Raw,
        () => Task.FromResult<BenchCaller>(new RawCaller(_slots)),
        static () => Task.FromResult(ProcessCost.OfThis()));

    /// <summary>Loads and compiles the model as the server does.</summary>
    public static async Task<Outcome<RawEngine>> LoadAsync(Engine engine, ModelConfig config, ModelVersionFolder folder, ILogger log)
    {
        ModelLoader loader = new(engine.Cores, engine.Devices, engine.Cpus, log);
        Outcome<LoadedModel> loaded = loader.Load(new ServableId(config.Name, folder.Version), folder, config);
        if (!loaded.IsOk)
        {
            return loaded.WithoutValue;
        }

        BenchInput input = new(loaded.Value.Signature);
        return new RawEngine(loaded.Value, input, await RawCaller.PrepareAsync(loaded.Value.Pool, input).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_slots.Reader.TryRead(out InferSlot? slot))
        {
            slot.Return();
        }

        Input.Dispose();
        _model.Dispose();
    }
}
