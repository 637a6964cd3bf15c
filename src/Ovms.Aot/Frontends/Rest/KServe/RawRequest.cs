using Ovms.Frontends.Rest.Body;
using Ovms.Inference.Messages;
using Ovms.Serving.Signatures;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.KServe;

/// <summary>
/// Reads a body without JSON, which is the model's only input. Datatype and shape are the model's; one dynamic dimension is derived from
/// the size. A string input takes the whole body as one element, so that a file can be sent unchanged. The response is binary.
/// </summary>
internal static class RawRequest
{
    /// <summary>Reads the body into the document, as the model's input.</summary>
    /// <param name="signature">The model's inputs.</param>
    /// <param name="document">Receives the input; the caller still owns it.</param>
    /// <param name="body">The body, not read yet.</param>
    /// <param name="cancellation">Cancelled when the caller disconnects.</param>
    public static async ValueTask<Outcome> ReadAsync(
        Signature signature, InferDocument document, RequestBody body, CancellationToken cancellation)
    {
        if (signature.Inputs.Length != 1)
        {
            return Outcome.Fail(
                StatusCode.InvalidNoOfInputs,
                $"A body without JSON ({InferRoute.LengthHeader}: 0) is one tensor; "
                + $"Expected: a model with 1 input; Actual: {signature.Inputs.Length} inputs; send JSON that names them");
        }

        TensorInfo info = signature.Inputs[0];
        InputTensor input = new()
        {
            Name = info.Name,
            Datatype = info.Marshaler.Datatype,
            Source = ContentSource.Raw,
            Content = new NativeBuffer(BytesForm.PrefixSize, document.Budget),
        };
        document.Message.Inputs.Add(input);
        document.BinaryOutputs = true;
        bool text = info.Marshaler.BitWidth == 0;
        if (text)
        {
            // Reserve the element's length prefix, which is written when it is known.
            BytesForm.Commit(input.Content, 0);
        }

        Outcome<long> came = await body.ReadAsync(input.Content, long.MaxValue, cancellation).ConfigureAwait(false);
        if (!came.IsOk)
        {
            return came.WithoutValue;
        }

        if (text)
        {
            BytesForm.WritePrefix(input.Content.Bytes, (int)came.Value);
        }

        Outcome<long[]> shape = InferShape(info, text ? 1 : came.Value * 8 / info.Marshaler.BitWidth, came.Value);
        input.Shape = shape.Value ?? [];
        return shape.WithoutValue;
    }

    /// <summary>Derives the shape from the number of elements, if the model's shape has at most one dynamic dimension.</summary>
    /// <param name="info">The model's input.</param>
    /// <param name="elements">Elements in the body.</param>
    /// <param name="bytes">Bytes in the body, for the message.</param>
    internal static Outcome<long[]> InferShape(TensorInfo info, long elements, long bytes)
    {
        int open = -1;
        long known = 1;
        long[] shape = new long[info.Shape.Rank];
        for (int i = 0; i < shape.Length; i++)
        {
            if (info.Shape[i].IsStatic)
            {
                shape[i] = info.Shape[i].Min;
                known *= shape[i];
            }
            else if (open < 0 || info.Marshaler.BitWidth == 0)
            {
                open = i;
                shape[i] = 1;
            }
            else
            {
                return Open(info);
            }
        }

        if (!info.Shape.HasRank)
        {
            return Open(info);
        }

        if (open >= 0 && info.Marshaler.BitWidth != 0)
        {
            if (known == 0 || elements % known != 0 || info.Marshaler.ByteLength(elements) != bytes)
            {
                return Outcome.Fail(
                    StatusCode.InvalidContentSize,
                    $"Expected: a multiple of {info.Marshaler.ByteLength(known)} bytes for the shape {info.Shape}; "
                    + $"Actual: {bytes} bytes; input name: {info.Name}");
            }

            shape[open] = elements / known;
        }

        return shape;
    }

    private static Outcome Open(TensorInfo info) => Outcome.Fail(
        StatusCode.InvalidShape,
        "The shape of a body without JSON is worked out from its size; "
        + $"Expected: a model whose input has at most 1 dynamic dimension; Actual: {info.Shape}; "
        + $"send JSON with the shape; input name: {info.Name}");
}
