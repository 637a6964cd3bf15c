using Ovms.Devices;
using Ovms.Native;
using Ovms.Serving.Batches;
using Ovms.Serving.Preparation;
using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Serving.Loading;

/// <summary>
/// Compiles a loaded version once more, with its first dimension open, so that calls which wait are computed together: see
/// <see cref="CallBatches"/>. The model must show first that it computes each row by itself.
/// </summary>
/// <param name="id">The version.</param>
/// <param name="config">The settings that it was loaded with.</param>
/// <param name="loaded">The loaded version.</param>
/// <param name="read">Reads and prepares its files again.</param>
/// <param name="compiler">Compiles it.</param>
internal sealed class BatchMaker(
    ServableId id, ModelConfig config, LoadedModel loaded, Func<Outcome<PreparedModel>> read, ModelCompiler compiler)
{
    // Rows of all inputs and outputs in one inference.
    private const long MostBytes = 128L << 20;

    // The values between the layers: with those of a few layers beside inputs and outputs, as in models of images.
    private const int LayersAtOnce = 16;

    /// <summary>Memory that it takes beside its weights, in bytes: each stream holds the values of the largest batch.</summary>
    public long RowBytes()
    {
        long[][]? latest = loaded.Dynamic?.LatestShapes;
        return BatchShapes.WhyNot(loaded.Signature) is null
            ? RowsOf(latest) * BytesOfARow(latest) * LayersAtOnce * compiler.CpusOf(config)
            : 0;
    }

    /// <summary>Compiles it. Blocks until done.</summary>
    public Outcome<Servable> Make()
    {
        if (BatchShapes.WhyNot(loaded.Signature) is { } why)
        {
            return Refused(why);
        }

        long[][]? latest = loaded.Dynamic?.LatestShapes;
        int rows = RowsOf(latest);
        if (rows < 2 || (loaded.Dynamic is not null && latest is null))
        {
            return Refused(rows < 2 ? "it takes one row at a time, or its rows are too large" : "no call has told its open dimensions");
        }

        Outcome<PreparedModel> prepared = read();
        if (!prepared.IsOk)
        {
            return prepared.WithoutValue;
        }

        using PreparedModel model = prepared.Value;
        Outcome open = Reshape(model, latest, rows);
        if (open.IsOk)
        {
            // Only now the outputs of a model with open dimensions are known.
            long bytes = BytesOfInputs(latest) + model.Model.Outputs.Sum(BytesOfARow);
            rows = (int)Math.Min(rows, MostBytes / Math.Max(bytes, 1));
            open = rows < 2 ? Refused("its rows are too large") : open;
        }

        Outcome<(LoadedModel Loaded, CompiledOnDevice Facts)> compiled = open.IsOk
            ? compiler.Compile(entry: null, model, ThroughputMaker.ForThroughput(config, nireq: 0), warnings: [])
            : open;
        return compiled.IsOk ? Proven(compiled.Value.Loaded, rows) : compiled.WithoutValue;
    }

    private Outcome<Servable> Proven(LoadedModel made, int rows)
    {
        made.Health = loaded.Health;
        string? doubt;
        try
        {
            doubt = made is { Dynamic: not null, Pool: InferRequestPool } ? Doubt(made, rows) : "its batch is not open";
        }
        catch
        {
            made.Dispose();
            throw;
        }

        if (doubt is not null)
        {
            made.Dispose();
            return Refused(doubt);
        }

        made.Batches = new CallBatches(made.Signature, (InferRequestPool)made.Pool, made.Dynamic!, rows, made.Health.Failed);
        return new Servable(id, made);
    }

    private string? Doubt(LoadedModel made, int rows)
    {
        WarmUp first = made.Zeros is { } zeros ? WarmUp.Run(made, zeros, config.Device, WarmUp.Patience) : WarmUp.Off;
        if ((first.Trouble ?? first.Refused) is { } trouble)
        {
            return $"it does not compute: {trouble}";
        }

        InferSlot[] slots = [.. Enumerable.Range(0, made.Pool.Size).Select(_ => Rent(made))];
        try
        {
            TrialRows trial = new(made.Signature, made.Dynamic!);
            return new RowProof(made.Signature, trial, rows).FindDoubtAsync(slots[0]).GetAwaiter().GetResult()
                ?? new BatchPace(trial, rows).FindSlownessAsync(slots).GetAwaiter().GetResult();
        }
        catch (OpenVinoException failure)
        {
            return failure.Said;
        }
        finally
        {
            Array.ForEach(slots, static slot => slot.Return());
        }
    }

    // Nobody else has a slot yet.
    private static InferSlot Rent(LoadedModel made) =>
        made.Pool.RentAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult().Value!;

    // The other dimensions are those of the latest call: the engine is faster with fixed
    // ones, and rows of other shapes do not fit together.
    private Outcome Reshape(PreparedModel model, long[][]? latest, int rows)
    {
        try
        {
            model.Model.Reshape(
            [
                .. loaded.Signature.Inputs.Select(input => KeyValuePair.Create(
                    input.Index,
                    new PartialShape(
                    [
                        Dimension.Range(1, rows),
                        .. (latest?[input.Index] ?? input.Shape.ToShape())[1..].Select(static size => Dimension.Of(size)),
                    ]))),
            ]);
        }
        catch (OpenVinoException failure)
        {
            return Refused($"its batch cannot be left open: {failure.Said}");
        }

        foreach (PortInfo output in model.Model.Outputs)
        {
            PartialShape shape = output.Shape;
            if (!shape.HasRank || shape.Rank == 0 || shape[0].IsStatic || !new PartialShape(shape.Dimensions[1..]).IsStatic)
            {
                return Refused($"output {model.Names.OfOutput(output)} is {shape} then, which is not a row for each row of the inputs");
            }
        }

        return Outcome.Ok;
    }

    private int RowsOf(long[][]? latest)
    {
        long rows = Math.Min(config.LargestBatch, MostBytes / Math.Max(BytesOfARow(latest), 1));
        foreach (TensorInfo input in loaded.Signature.Inputs)
        {
            Dimension first = input.Shape[0];
            rows = first.IsStatic || first.Max < 0 ? rows : Math.Min(rows, first.Max);
        }

        return (int)rows;
    }

    // Those of the inputs alone if the outputs are open, too.
    private long BytesOfARow(long[][]? latest) => BytesOfInputs(latest) + loaded.Signature.Outputs.Sum(RowBytesOf);

    private long BytesOfInputs(long[][]? latest) =>
        loaded.Signature.Inputs.Sum(input => latest is not null ? BatchShapes.RowBytes(input, latest[input.Index]) : RowBytesOf(input));

    private static long BytesOfARow(PortInfo output) =>
        BatchShapes.RowBytes(output.ElementType, [1, .. output.Shape.Dimensions[1..].ToArray().Select(static size => size.Min)]);

    private static long RowBytesOf(TensorInfo port) =>
        new PartialShape(port.Shape.Dimensions[1..]).IsStatic ? BatchShapes.RowBytes(port) : 0;

    private static Outcome Refused(string why) => Outcome.Fail(StatusCode.ModelNotLoaded, why);
}
