using System.Buffers.Text;
using System.Text.Unicode;
using Ovms.Frontends.Rest.Json;
using Ovms.Serving.Requests;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.TensorFlow;

/// <summary>
/// Writes a response of TensorFlow Serving's REST API from OpenVINO's memory: predictions in rows, or outputs in columns. A single output
/// is written without its name.
/// </summary>
internal static class PredictionWriter
{
    private const int RoomForWords = 1024;

    // The usual length of a number as text in models' outputs.
    private const int RoomForNumber = 12;

    // TensorFlow Serving's name suffix for outputs of bytes that are no text.
    private const string BytesSuffix = "_bytes";

    /// <summary>Estimates the response's bytes, so that the buffer need not grow; strings are left out.</summary>
    public static int EstimateLength(ReadOnlySpan<OutputTensor> outputs)
    {
        long length = RoomForWords;
        foreach (OutputTensor output in outputs)
        {
            length += output.Info.Marshaler.BitWidth == 0 ? 0 : (long)output.Count * RoomForNumber;
        }

        return (int)Math.Min(length, NativeBuffer.MaxLength);
    }

    /// <summary>Writes the whole response body.</summary>
    /// <param name="answer">Receives the body; incomplete after a failure.</param>
    /// <param name="outputs">The outputs to write.</param>
    /// <param name="byRows">Whether to write rows.</param>
    /// <returns>Ok, or a failure for outputs that cannot be written so.</returns>
    public static Outcome Write(NativeBuffer answer, ReadOnlySpan<OutputTensor> outputs, bool byRows)
    {
        answer.Raw(byRows ? "{\"predictions\":"u8 : "{\"outputs\":"u8);
        Outcome written = byRows ? WriteRows(answer, outputs) : WriteColumns(answer, outputs);
        answer.Raw("}"u8);
        return written;
    }

    private static Outcome WriteColumns(NativeBuffer answer, ReadOnlySpan<OutputTensor> outputs) => outputs.Length == 1
        ? WriteArrays(answer, outputs[0], outputs[0].Shape, 0)
        : WriteNamed(answer, outputs, 0, row: -1);

    private static Outcome WriteRows(NativeBuffer answer, ReadOnlySpan<OutputTensor> outputs)
    {
        foreach (OutputTensor output in outputs)
        {
            if (output.Shape.IsEmpty || output.Shape[0] != outputs[0].Shape[0])
            {
                return Outcome.Fail(
                    StatusCode.RestProtoToStringError,
                    $"Output {output.Info.Name} has shape ({string.Join(',', output.Shape.ToArray())}) "
                    + "and no row for each of the others'; "
                    + "ask by columns: \"inputs\" in place of \"instances\"");
            }
        }

        if (outputs.Length == 1)
        {
            return WriteArrays(answer, outputs[0], outputs[0].Shape, 0);
        }

        answer.Raw("["u8);
        for (int row = 0; row < outputs[0].Shape[0]; row++)
        {
            answer.Raw(row == 0 ? default : ","u8);
            Outcome written = WriteNamed(answer, outputs, 1, row);
            if (!written.IsOk)
            {
                return written;
            }
        }

        answer.Raw("]"u8);
        return Outcome.Ok;
    }

    private static Outcome WriteNamed(NativeBuffer answer, ReadOnlySpan<OutputTensor> outputs, int skippedDimensions, int row)
    {
        answer.Raw("{"u8);
        for (int i = 0; i < outputs.Length; i++)
        {
            answer.Raw(i == 0 ? default : ","u8);
            answer.Text(outputs[i].Info.Name);
            answer.Raw(":"u8);
            ReadOnlySpan<long> shape = outputs[i].Shape[skippedDimensions..];
            Outcome written = WriteArrays(answer, outputs[i], shape, Math.Max(row, 0) * CountOf(shape));
            if (!written.IsOk)
            {
                return written;
            }
        }

        answer.Raw("}"u8);
        return Outcome.Ok;
    }

    /// <summary>Writes elements as nested arrays, the last dimension innermost; a shape without dimensions is one bare element.</summary>
    private static Outcome WriteArrays(NativeBuffer answer, OutputTensor output, ReadOnlySpan<long> shape, int start)
    {
        if (shape.IsEmpty)
        {
            return WriteElements(answer, output, start, 1);
        }

        Outcome written = Outcome.Ok;
        answer.Raw("["u8);
        if (shape.Length == 1)
        {
            written = WriteElements(answer, output, start, (int)shape[0]);
        }
        else
        {
            int stride = CountOf(shape[1..]);
            for (int i = 0; i < shape[0] && written.IsOk; i++)
            {
                answer.Raw(i == 0 ? default : ","u8);
                written = WriteArrays(answer, output, shape[1..], start + (i * stride));
            }
        }

        answer.Raw("]"u8);
        return written;
    }

    private static Outcome WriteElements(NativeBuffer answer, OutputTensor output, int start, int count)
    {
        if (output.Info.Marshaler.BitWidth != 0)
        {
            Outcome written = output.Info.Marshaler.WriteElements(output.Tensor, start, count, answer);
            return written.IsOk
                ? written
                : Outcome.Fail(written.Code, $"{written.Detail}; output name: {output.Info.Name}; KServe's API gives it as bytes");
        }

        for (int i = start; i < start + count; i++)
        {
            answer.Raw(i == start ? default : ","u8);
            WriteString(answer, output.GetString(i), output.Info.Name.EndsWith(BytesSuffix, StringComparison.Ordinal));
        }

        return Outcome.Ok;
    }

    // Bytes that are not UTF-8 become base64, whatever the output's name.
    private static void WriteString(NativeBuffer answer, ReadOnlySpan<byte> bytes, bool isBinary)
    {
        if (!isBinary && Utf8.IsValid(bytes))
        {
            answer.Text(bytes);
            return;
        }

        answer.Raw("{\"b64\":\""u8);
        Span<byte> room = answer.GetSpan(Base64.GetMaxEncodedToUtf8Length(bytes.Length));
        Base64.EncodeToUtf8(bytes, room, out _, out int written);
        answer.Advance(written);
        answer.Raw("\"}"u8);
    }

    private static int CountOf(ReadOnlySpan<long> shape)
    {
        long count = 1;
        foreach (long dimension in shape)
        {
            count *= dimension;
        }

        return (int)count;
    }
}
