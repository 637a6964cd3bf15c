using System.Diagnostics;
using Ovms.Devices;
using Ovms.Native;
using Ovms.Observability;
using Ovms.Serving.Health;
using Ovms.Serving.Preparation;
using Ovms.Serving.Requests;
using Ovms.Serving.Table;
using Ovms.Serving.Variants;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Serving.Loading;

/// <summary>Makes variants of a loaded model by reshaping and compiling the prepared model again. Used by one thread at a time.</summary>
/// <param name="id">The model and its version.</param>
/// <param name="prepared">The prepared model; owned by the maker.</param>
/// <param name="config">The model's settings.</param>
/// <param name="health">The health of the model, which is that of its variants.</param>
/// <param name="compiler">Compiles the variants.</param>
/// <param name="log">Logs every variant.</param>
internal sealed class VariantMaker(
    ServableId id, PreparedModel prepared, ModelConfig config, ServableHealth health, ModelCompiler compiler, ILogger log)
    : IDisposable
{
    /// <summary>Creates the table of variants for a model that was just loaded.</summary>
    public static ModelVariants VariantsOf(
        ServableId id,
        PreparedModel prepared,
        LoadedModel loaded,
        ModelConfig config,
        ModelCompiler compiler,
        ILogger log)
    {
        VariantMaker maker = new(id, prepared, config, loaded.Health, compiler, log);

        // At least one call must be able to wait for a variant, even if none may wait for an infer request.
        VariantTable table = new(
            maker.Make,
            Math.Max(config.QueueSize, 1),
            TimeProvider.System,
            key => Log.VariantDropped(log, id.Name, id.Version, maker.Describe(key)));
        return new ModelVariants(prepared.Auto!, loaded.Signature, table, maker);
    }

    /// <summary>Makes the variant for a key. Blocks until it is compiled.</summary>
    /// <returns>The variant, which the caller owns; or why it cannot be made.</returns>
    public Outcome<Servable> Make(long[][] key)
    {
        long started = Stopwatch.GetTimestamp();
        Outcome reshaped = Reshape(key);
        if (!reshaped.IsOk)
        {
            return reshaped;
        }

        // Its warnings were logged and its streams counted when the model was loaded.
        Outcome<(LoadedModel Loaded, CompiledOnDevice Facts)> compiled = compiler.Compile(entry: null, prepared, config, warnings: []);
        if (!compiled.IsOk)
        {
            if (compiled.Code == StatusCode.DeviceFailed)
            {
                health.Failed(new EngineFault(OvStatus.GeneralError, compiled.Text));
            }

            return compiled.Code == StatusCode.CannotCompileModelIntoTargetDevice
                ? Outcome.Fail(StatusCode.ReshapeError, compiled.Text)
                : compiled.WithoutValue;
        }

        compiled.Value.Loaded.Health = health;
        Log.VariantCompiled(
            log,
            id.Name,
            id.Version,
            Describe(key),
            compiled.Value.Loaded.Pool.Size,
            Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        return new Servable(id, compiled.Value.Loaded);
    }

    /// <inheritdoc/>
    public void Dispose() => prepared.Dispose();

    private Outcome Reshape(long[][] key)
    {
        try
        {
            prepared.Model.Reshape(prepared.Auto!.ShapesFor(prepared.Model.Inputs, key));
            return CheckAnswer();
        }
        catch (OpenVinoException failure)
        {
            return Outcome.Fail(StatusCode.ReshapeError, $"{Describe(key)}: {failure.Said}");
        }
    }

    // Small inputs may have large outputs, which OpenVINO allocates at once. An output that no answer can hold is rejected before the
    // compilation.
    private Outcome CheckAnswer()
    {
        foreach (PortInfo output in prepared.Model.Outputs.Where(static output => output.Shape.IsStatic))
        {
            UInt128 elements = 1;
            foreach (Dimension dimension in output.Shape.Dimensions)
            {
                elements = UInt128.Min(elements * (ulong)dimension.Max, ulong.MaxValue);
            }

            UInt128 bytes = elements * (ulong)TensorMarshaler.For(output.ElementType).BitWidth / 8;
            if (bytes > NativeBuffer.MaxLength)
            {
                return Outcome.Fail(
                    StatusCode.ReshapeError,
                    $"output {prepared.Names.OfOutput(output)} would be {output.Shape} with {bytes} bytes; "
                        + $"Expected: at most {NativeBuffer.MaxLength} bytes");
            }
        }

        return Outcome.Ok;
    }

    // Shapes by input name: "b (3,10), c (2,10)". For batches only the size: "b batch 3".
    private string Describe(long[][] key) => string.Join(
        ", ",
        prepared.Model.Inputs
            .Where(input => prepared.Auto!.Axes[input.Index] != AutoShapes.None)
            .Select(input => prepared.Auto!.IsBatch
                ? $"{prepared.Names.OfInput(input)} batch {key[input.Index][0]}"
                : $"{prepared.Names.OfInput(input)} ({string.Join(',', key[input.Index])})"));
}
