using System.Buffers;
using Ovms.Inference.Messages;
using Ovms.Status;
using Ovms.Tensors;
using Ovms.Wire;

namespace Ovms.Frontends.Grpc.KServe;

/// <summary>The second pass over a ModelInferRequest: assigns each input its bytes.</summary>
internal static class InferContents
{
    // A number may take one byte as a varint and eight in raw form.
    private const int LargestExpansion = 8;

    /// <summary>Assigns each input its content. It ignores mismatched counts: the validator rejects them without reading bytes.</summary>
    public static Outcome Fill(InferMessage message, InferMessageParts parts)
    {
        message.RawContentCount = parts.Raw.Count;
        if (parts.Raw.Count > 0)
        {
            foreach ((int input, ReadOnlySequence<byte> bytes) in parts.Typed)
            {
                message.Inputs[input].HasTypedBesideRaw |= bytes.Length > 0;
            }

            if (parts.Raw.Count == message.SentInputs)
            {
                TakeViews(message, parts.Raw);
            }

            return Outcome.Ok;
        }

        foreach ((int input, ReadOnlySequence<byte> bytes) in parts.Typed)
        {
            Outcome converted = Convert(message.Inputs[input], bytes);
            if (!converted.IsOk)
            {
                return converted;
            }
        }

        return Outcome.Ok;
    }

    // Inputs in shared memory have no entry.
    private static void TakeViews(InferMessage message, List<ReadOnlySequence<byte>> raw)
    {
        int taken = 0;
        foreach (InputTensor input in message.Inputs)
        {
            if (input.Shared is null)
            {
                input.TakeView(message.Payload!, raw[taken++].FirstSpan);
            }
        }
    }

    private static Outcome Convert(InputTensor input, ReadOnlySequence<byte> bytes)
    {
        input.Source = ContentSource.Values;
        TensorMarshaler? marshaler = TensorMarshaler.ForDatatype(input.Datatype);
        input.Content ??= new NativeBuffer(Capacity(marshaler?.BitWidth ?? 0, input.Shape, bytes.Length), input.Budget);
        if (marshaler is null)
        {
            // No model accepts this datatype; the validator reports the expected one.
            return Outcome.Ok;
        }

        ProtoReader reader = new(bytes, "an input's contents");
        Outcome read = marshaler.ReadTyped(ref reader, input.Content, out long count);
        input.ValueCount += count;
        return read.IsOk
            ? read
            : Outcome.Fail(
                read.Code,
                read.Detail is null
                    ? $"input name: {Shown.Bounded(input.Name)}"
                    : $"{read.Detail}; input name: {Shown.Bounded(input.Name)}");
    }

    // Trusts the shape as long as the message could be large enough for it; if the shape is too small, the buffer grows.
    private static int Capacity(int bitWidth, long[] shape, long messageLength)
    {
        long possible = Math.Min(messageLength * LargestExpansion, NativeBuffer.MaxLength);
        long promised = Math.Max(bitWidth / 8, 1);
        foreach (long dimension in shape)
        {
            if (dimension < 0 || dimension > possible || (promised *= dimension) > possible)
            {
                return (int)Math.Min(messageLength, NativeBuffer.MaxLength);
            }
        }

        return (int)promised;
    }
}
