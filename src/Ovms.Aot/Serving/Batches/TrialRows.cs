using System.Diagnostics;
using Ovms.Native;
using Ovms.Serving.Requests;
using Ovms.Serving.Shapes;
using Ovms.Serving.Signatures;
using Ovms.Tensors;

namespace Ovms.Serving.Batches;

/// <summary>Computes rows that no caller sent, before a form serves.</summary>
/// <param name="signature">The model's signature: the first dimension of all inputs and outputs is the batch, the others are fixed.</param>
/// <param name="inference">Runs its inferences.</param>
internal sealed class TrialRows(Signature signature, DynamicInference inference)
{
    /// <summary>Makes a row.</summary>
    /// <param name="seed">Another one makes other values.</param>
    /// <returns>The bytes, by input.</returns>
    public byte[][] Make(int seed)
    {
        Random random = new(seed);
        byte[][] row = new byte[signature.Inputs.Length][];
        foreach (TensorInfo input in signature.Inputs)
        {
            row[input.Index] = new byte[BatchShapes.RowBytes(input)];
            RowValues.Fill(input.ElementType, row[input.Index], random);
        }

        return row;
    }

    /// <summary>Makes a row of small values, or of large ones: what is scaled for all rows together fits only one of them.</summary>
    /// <param name="seed">Another one makes other values.</param>
    /// <param name="isLarge">Whether they are large.</param>
    public byte[][] MakeScaled(int seed, bool isLarge)
    {
        byte[][] row = Make(seed);
        foreach (TensorInfo input in signature.Inputs)
        {
            RowValues.Scale(input.ElementType, row[input.Index], isLarge);
        }

        return row;
    }

    /// <summary>Computes rows in one inference.</summary>
    /// <returns>The outputs, by index; null if it fails.</returns>
    /// <exception cref="OpenVinoException">The engine refuses a tensor.</exception>
    public async Task<double[][]?> ComputeAsync(InferSlot slot, byte[][][] rows)
    {
        using Inputs inputs = Bind(slot, rows);
        EngineFault fault = await inference.InferAsync(slot, inputs.Shapes, CancellationToken.None).ConfigureAwait(false);
        return fault.IsNone ? Read(slot) : null;
    }

    /// <summary>Computes so many rows in one inference.</summary>
    /// <returns>How long it took; null if it fails.</returns>
    /// <inheritdoc cref="ComputeAsync"/>
    public async Task<TimeSpan?> TimeAsync(InferSlot slot, byte[][] row, int rows)
    {
        using Inputs inputs = Bind(slot, [.. Enumerable.Repeat(row, rows)]);
        long began = Stopwatch.GetTimestamp();
        EngineFault fault = await inference.InferAsync(slot, inputs.Shapes, CancellationToken.None).ConfigureAwait(false);
        return fault.IsNone ? Stopwatch.GetElapsedTime(began) : null;
    }

    private Inputs Bind(InferSlot slot, byte[][][] rows)
    {
        Inputs inputs = new([.. signature.Inputs.Select(input => BatchShapes.Of(input, rows.Length))], []);
        foreach (TensorInfo input in signature.Inputs)
        {
            NativeBuffer all = new(rows.Length * rows[0][input.Index].Length);
            inputs.Contents.Add(all);
            foreach (byte[][] row in rows)
            {
                row[input.Index].CopyTo(all.Free);
                all.Advance(row[input.Index].Length);
            }

            slot.Bind(input, inputs.Shapes[input.Index], all);
        }

        return inputs;
    }

    private double[][] Read(InferSlot slot)
    {
        double[][] outputs = new double[signature.Outputs.Length][];
        foreach (TensorInfo output in signature.Outputs)
        {
            using Tensor tensor = slot.GetOutput(output.Index);
            outputs[output.Index] = RowValues.Read(output.ElementType, tensor.Bytes);
        }

        return outputs;
    }

    private sealed record Inputs(long[][] Shapes, List<NativeBuffer> Contents) : IDisposable
    {
        public void Dispose() => Contents.ForEach(static content => content.Dispose());
    }
}
