using Ovms.Inference.Checks;
using Ovms.Inference.Messages;
using Ovms.Inference.Sequences;
using Ovms.Serving.Signatures;
using Ovms.SharedMemory;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Inference.Shared;

/// <summary>
/// Copies inputs out of shared memory into the message, before it is checked: from there on they are like raw contents that were sent.
/// </summary>
internal static class SharedInputs
{
    /// <summary>Takes the inputs whose parameters name a region; does nothing without such inputs.</summary>
    /// <param name="regions">The registered regions.</param>
    /// <param name="message">The request, not checked yet.</param>
    /// <param name="signature">The model's inputs. What the check will reject is not copied.</param>
    /// <exception cref="OvmsException">The front end's budget has no memory for an input.</exception>
    public static Outcome Take(SharedRegions regions, InferMessage message, Signature signature)
    {
        // A stateful model takes two more inputs.
        bool copies = message.Inputs.Count <= signature.Inputs.Length + 2;
        foreach (InputTensor input in message.Inputs)
        {
            if (input.Shared is { } place)
            {
                TensorInfo? info = (copies ? signature.FindInput(input.Name) : null) ?? SequenceInputs.Find(input.Name);
                Outcome taken = Take(regions, input, place, info);
                if (!taken.IsOk)
                {
                    return Outcome.Fail(taken.Code, $"{taken.Detail}; input name: {Shown.Bounded(input.Name)}");
                }
            }
        }

        return Outcome.Ok;
    }

    private static Outcome Take(SharedRegions regions, InputTensor input, SharedPlace place, TensorInfo? info)
    {
        if (!place.Fault.IsOk)
        {
            return place.Fault;
        }

        if (input.Content is not null)
        {
            return Outcome.Fail(
                StatusCode.InvalidMessageStructure, $"The input has contents and {SharedPlace.RegionName}; Expected: one of them");
        }

        if (place.ByteSize > NativeBuffer.MaxLength)
        {
            return Outcome.Fail(
                StatusCode.SharedMemoryInvalid,
                $"{SharedPlace.SizeName}; Expected: at most {NativeBuffer.MaxLength}; Actual: {place.ByteSize}");
        }

        Outcome<SharedRegion> leased = regions.Lease(place.Name!);
        if (!leased.IsOk)
        {
            return leased.WithoutValue;
        }

        try
        {
            input.Source = ContentSource.Raw;
            Outcome inside = leased.Value.CheckPlace(place.Offset, place.ByteSize);
            return inside.IsOk && info is not null && MayFit(info, input, place) ? Copy(leased.Value, input, place) : inside;
        }
        finally
        {
            leased.Value.Release();
        }
    }

    // The size of BYTES depends on their content.
    private static bool MayFit(TensorInfo info, InputTensor input, SharedPlace place) =>
        TensorMarshaler.ForDatatype(input.Datatype) is { } marshaler
        && (marshaler.BitWidth == 0
            || (marshaler == info.Marshaler
                && (!info.Shape.HasRank || (info.Shape.Rank == input.Shape.Length && info.Shape.Contains(input.Shape)))
                && ContentValidator.TryCount(input.Shape, out long count)
                && marshaler.ByteLength(count) == place.ByteSize));

    private static Outcome Copy(SharedRegion region, InputTensor input, SharedPlace place)
    {
        int size = (int)place.ByteSize;
        NativeBuffer content = new(size, input.Budget);
        input.Content = content;
        Outcome read = region.Read(place.Offset, content.Free[..size]);
        content.Advance(read.IsOk ? size : 0);
        return read;
    }
}
