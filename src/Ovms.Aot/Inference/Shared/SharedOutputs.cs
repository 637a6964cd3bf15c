using Ovms.Inference.Messages;
using Ovms.Native;
using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;
using Ovms.SharedMemory;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Inference.Shared;

/// <summary>Writes outputs into shared memory, in place of the answer.</summary>
internal static class SharedOutputs
{
    /// <summary>
    /// Leases the regions of the requested outputs, so that they can be written even if they are unregistered meanwhile. Rejects places
    /// that are too small, as far as the model's shapes tell before the inference.
    /// </summary>
    /// <param name="regions">The registered regions.</param>
    /// <param name="message">The request; it holds the leases.</param>
    /// <param name="signature">The model's outputs.</param>
    public static Outcome Lease(SharedRegions regions, InferMessage message, Signature signature)
    {
        foreach (RequestedOutput output in message.Outputs)
        {
            if (output.Shared is { } place)
            {
                Outcome leased = Lease(regions, message, place);
                leased = leased.IsOk && signature.FindOutput(output.Name) is { FixedLength: > 0, IsPackedText: false } info
                    ? CheckSize(place, info.FixedLength)
                    : leased;
                if (!leased.IsOk)
                {
                    return ForOutput(leased, output.Name);
                }
            }
        }

        return Outcome.Ok;
    }

    /// <summary>Writes the outputs that belong there. All sizes are checked before the first is written.</summary>
    /// <param name="message">The request with its leases.</param>
    /// <param name="outputs">The outputs of the inference, which begin with those requested.</param>
    public static Outcome Write(InferMessage message, ReadOnlySpan<OutputTensor> outputs)
    {
        for (int i = 0; i < outputs.Length; i++)
        {
            if (message.PlaceOf(i) is { } place && CheckSize(place, outputs[i].RawLength) is { IsOk: false } tooSmall)
            {
                return ForOutput(tooSmall, outputs[i].Info.Name);
            }
        }

        for (int i = 0; i < outputs.Length; i++)
        {
            if (message.PlaceOf(i) is { } place && Write(place, outputs[i], message) is { IsOk: false } failed)
            {
                return ForOutput(failed, outputs[i].Info.Name);
            }
        }

        return Outcome.Ok;
    }

    private static Outcome Lease(SharedRegions regions, InferMessage message, SharedPlace place)
    {
        if (!place.Fault.IsOk)
        {
            return place.Fault;
        }

        Outcome<SharedRegion> leased = regions.Lease(place.Name!);
        if (!leased.IsOk)
        {
            return leased.WithoutValue;
        }

        message.Hold(leased.Value);
        place.Region = leased.Value;
        return leased.Value.CheckPlace(place.Offset, place.ByteSize);
    }

    private static Outcome CheckSize(SharedPlace place, long needed) => needed <= place.ByteSize
        ? Outcome.Ok
        : Outcome.Fail(
            StatusCode.SharedMemoryInvalid,
            $"{SharedPlace.SizeName} is too small; Expected: at least {needed}; Actual: {place.ByteSize}; "
                + $"region: {Shown.Bounded(place.Name!)}");

    private static Outcome Write(SharedPlace place, OutputTensor output, InferMessage message)
    {
        if (output.Info.ElementType != ElementType.String)
        {
            return place.Region!.Write(place.Offset, output.Bytes);
        }

        // Strings have their lengths between them, so they are packed first.
        long length = output.RawLength;
        Outcome room = OutputLimit.Check(output.Info.Name, length);
        room = room.IsOk && message.AnswerRoom is { } take ? take(length) : room;
        if (!room.IsOk)
        {
            return room;
        }

        using NativeBuffer packed = new((int)length);
        output.WriteRaw(packed);
        return place.Region!.Write(place.Offset, packed.Bytes);
    }

    private static Outcome ForOutput(Outcome failure, string name) =>
        Outcome.Fail(failure.Code, $"{failure.Detail}; output name: {Shown.Bounded(name)}");
}
