using Ovms.Native;
using Ovms.Pipelines.Tensors;
using Ovms.Status;

namespace Ovms.Pipelines.Execution;

/// <summary>Splits tensors into parts, and joins parts to one tensor.</summary>
internal static unsafe class Gathering
{
    // The part behind the first dimension must have something in it, as in the original.
    private const int LeastRank = 3;

    /// <summary>Determines how many parts the outputs of a demultiplexer have.</summary>
    /// <param name="outputs">The outputs; at least one.</param>
    /// <param name="count">The configured number; -1 = that of the outputs.</param>
    /// <returns>The number, 0 at least; or what is wrong with the outputs.</returns>
    public static Outcome<int> CountParts(NodeTensor[] outputs, int count)
    {
        long? first = null;
        foreach (NodeTensor output in outputs)
        {
            if (output.Shape.Length < LeastRank)
            {
                return Outcome.Fail(
                    StatusCode.PipelinePartsInvalid,
                    $"Wrong number of dimensions in a tensor to be sharded; Expected: at least {LeastRank}; Actual: {output.ShapeText}");
            }

            first ??= count < 0 ? output.Shape[0] : count;
            if (output.Shape[0] != first)
            {
                return Outcome.Fail(StatusCode.PipelinePartsInvalid, $"Expected: {first}; Actual: {output.ShapeText}");
            }
        }

        return first > PipelineLimits.MostParts
            ? Outcome.Fail(StatusCode.PipelineTooManyParts, $"Expected: at most {PipelineLimits.MostParts}; Actual: {first}")
            : (int)first!.Value;
    }

    /// <summary>Joins tensors, with one copy.</summary>
    /// <param name="parts">The tensors, at least one, the innermost index fastest.</param>
    /// <param name="counts">The dimensions that they get in front.</param>
    /// <returns>The tensor, held by the caller; or that the tensors differ.</returns>
    public static Outcome<NodeTensor> Join(IReadOnlyList<NodeTensor> parts, ReadOnlySpan<long> counts)
    {
        NodeTensor first = parts[0];
        foreach (NodeTensor part in parts)
        {
            if (part.Type != first.Type || part.Type == ElementType.String || !part.Shape.AsSpan().SequenceEqual(first.Shape))
            {
                return Outcome.Fail(
                    StatusCode.PipelineShardsDiffer, $"{first.Type} {first.ShapeText} and {part.Type} {part.ShapeText}");
            }
        }

        if (first.Bytes > PipelineLimits.MostBytes / parts.Count)
        {
            return Outcome.Fail(
                StatusCode.PipelineTooLarge,
                $"{parts.Count} parts of {first.Bytes} bytes; at most {PipelineLimits.MostBytes} bytes may be.");
        }

        TensorMemory memory = TensorMemory.Allocate(first.Bytes * parts.Count, out nint address);
        for (int i = 0; i < parts.Count; i++)
        {
            Buffer.MemoryCopy((void*)parts[i].Address, (byte*)address + (i * first.Bytes), first.Bytes, first.Bytes);
        }

        return new NodeTensor(first.Type, [.. counts, .. first.Shape], address, first.Bytes * parts.Count, memory);
    }
}
