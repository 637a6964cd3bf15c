using Ovms.Frontends.Rest.Body;
using Ovms.Inference.Messages;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.KServe;

/// <summary>Assigns the bytes after the JSON to inputs and reads them.</summary>
internal static class BinaryTail
{
    // The whole rest of the body; a caller cannot send this value.
    private const long Rest = -1;

    /// <summary>
    /// Derives sizes that the request leaves out from shape and datatype. For BYTES the shape gives no size: only a request whose one
    /// input is a single element can take the whole rest.
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

    /// <summary>Reads the bytes of each input; the body must end after the last one.</summary>
    public static async ValueTask<Outcome> ReadAsync(InferDocument document, RequestBody body, CancellationToken cancellation)
    {
        foreach (BinarySlice slice in document.Binary)
        {
            InputTensor input = document.Message.Inputs[slice.Input];
            long wanted = slice.Length!.Value;
            NativeBuffer content = new(0, document.Budget);
            input.Content = content;
            input.Source = ContentSource.Raw;
            long most = wanted == Rest ? long.MaxValue : wanted;
            Outcome<long> came = await body.ReadAsync(content, most, cancellation).ConfigureAwait(false);
            if (!came.IsOk)
            {
                return came.WithoutValue;
            }

            if (came.Value < wanted && wanted != Rest)
            {
                return Outcome.Fail(
                    StatusCode.RestBinaryBufferTooSmall,
                    $"Expected: {wanted} bytes; Actual: {came.Value} bytes; input name: {Shown.Bounded(input.Name)}");
            }
        }

        return await body.HasMoreAsync(cancellation).ConfigureAwait(false)
            ? Outcome.Fail(
                StatusCode.RestBinaryDataSizeInvalid,
                $"Bytes are left over; Expected: the body to end after {body.Consumed} bytes, with the last input; "
                + "Actual: more bytes came")
            : Outcome.Ok;
    }

    private static Outcome<long> LengthOf(InferDocument document, BinarySlice slice)
    {
        InputTensor input = document.Message.Inputs[slice.Input];
        string where = $"input name: {Shown.Bounded(input.Name)}";
        if (TensorMarshaler.ForDatatype(input.Datatype) is not { } marshaler)
        {
            return Outcome.Fail(
                StatusCode.RestUnsupportedPrecision,
                $"inputs[{slice.Input}].datatype; Expected: a known datatype, or parameters.binary_data_size; "
                + $"Actual: {Shown.Bounded(input.Datatype)}; {where}");
        }

        if (marshaler.BitWidth == 0)
        {
            return document.Message.Inputs.Count == 1 && input.Shape is [1]
                ? Rest
                : Outcome.Fail(
                    StatusCode.RestBinaryDataSizeInvalid,
                    $"inputs[{slice.Input}].parameters.binary_data_size is missing; "
                    + $"Expected: a size for each {marshaler.Datatype} input, unless it is the only input and of shape (1); {where}");
        }

        long count = 1;
        foreach (long dimension in input.Shape)
        {
            if (dimension < 0)
            {
                return Outcome.Fail(
                    StatusCode.InvalidShape,
                    $"Negative or zero dimension size is not acceptable: ({string.Join(',', input.Shape)}); {where}");
            }

            // More elements than the largest body has bytes: whatever the exact product, too few bytes will arrive.
            if (dimension != 0 && count > (1L << 40) / dimension)
            {
                return Outcome.Fail(StatusCode.InvalidShape, $"Shape dimensions overflow: ({string.Join(',', input.Shape)}); {where}");
            }

            count *= dimension;
        }

        return marshaler.ByteLength(count);
    }
}
