using Ovms.Frontends.Rest.Body;
using Ovms.Inference.Messages;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.KServe;

/// <summary>The bytes after the JSON: which input gets how many, and the reading of them.</summary>
internal static class BinaryTail
{
    // All that is left of the body; no caller can write it.
    private const long Rest = -1;

    /// <summary>
    /// Works out the sizes that the request leaves open, from shape and datatype. For BYTES the shape tells none: only where a single
    /// element is the whole request can the rest be its own.
    /// </summary>
    public static Outcome Resolve(InferDocument document)
    {
        for (int i = 0; i < document.Binary.Count; i++)
        {
            BinarySlice slice = document.Binary[i];
            if (slice.Length is null)
            {
                Outcome<long> length = LengthOf(document, slice);
                if (!length.IsOk)
                {
                    return length.WithoutValue;
                }

                document.Binary[i] = slice with { Length = length.Value };
            }
        }

        return Outcome.Ok;
    }

    /// <summary>Reads every slice into its input; the body must end with the last one.</summary>
    public static async ValueTask<Outcome> ReadAsync(InferDocument document, RequestBody body, CancellationToken cancellation)
    {
        foreach (BinarySlice slice in document.Binary)
        {
            InputTensor input = document.Message.Inputs[slice.Input];
            long wanted = slice.Length!.Value;
            NativeBuffer content = new(0, document.Budget);
            input.Content = content;
            input.Source = ContentSource.Raw;
            Outcome<long> came = await body.ReadAsync(content, wanted == Rest ? long.MaxValue : wanted, cancellation).ConfigureAwait(false);
            if (!came.IsOk)
            {
                return came.WithoutValue;
            }

            if (came.Value < wanted && wanted != Rest)
            {
                return Outcome.Fail(StatusCode.RestBinaryBufferTooSmall, $"Expected: {wanted} bytes; Actual: {came.Value} bytes; input name: {Shown.Bounded(input.Name)}");
            }
        }

        return await body.HasMoreAsync(cancellation).ConfigureAwait(false)
            ? Outcome.Fail(StatusCode.RestBinaryDataSizeInvalid, $"Bytes are left over; Expected: the body to end after {body.Consumed} bytes, with the last input; Actual: more bytes came")
            : Outcome.Ok;
    }

    private static Outcome<long> LengthOf(InferDocument document, BinarySlice slice)
    {
        InputTensor input = document.Message.Inputs[slice.Input];
        string where = $"input name: {Shown.Bounded(input.Name)}";
        if (TensorMarshaler.ForDatatype(input.Datatype) is not { } marshaler)
        {
            return Outcome.Fail(StatusCode.RestUnsupportedPrecision, $"inputs[{slice.Input}].datatype; Expected: a known datatype, or parameters.binary_data_size; Actual: {Shown.Bounded(input.Datatype)}; {where}");
        }

        if (marshaler.BitWidth == 0)
        {
            return document.Message.Inputs.Count == 1 && input.Shape is [1]
                ? Rest
                : Outcome.Fail(
                    StatusCode.RestBinaryDataSizeInvalid,
                    $"inputs[{slice.Input}].parameters.binary_data_size is missing; Expected: a size for each {marshaler.Datatype} input, unless it is the only input and of shape (1); {where}");
        }

        long count = 1;
        foreach (long dimension in input.Shape)
        {
            if (dimension < 0)
            {
                return Outcome.Fail(StatusCode.InvalidShape, $"Negative or zero dimension size is not acceptable: ({string.Join(',', input.Shape)}); {where}");
            }

            // More elements than bytes in the largest body: whatever the exact product, too few bytes will come.
            if (dimension != 0 && count > (1L << 40) / dimension)
            {
                return Outcome.Fail(StatusCode.InvalidShape, $"Shape dimensions overflow: ({string.Join(',', input.Shape)}); {where}");
            }

            count *= dimension;
        }

        return marshaler.ByteLength(count);
    }
}
