using System.Text;
using Ovms.Frontends.Rest.Json;
using Ovms.Inference.Messages;
using Ovms.Serving;
using Ovms.Serving.Requests;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.KServe;

/// <summary>
/// Writes the response to an inference: JSON, followed by the bytes of outputs requested in binary, in the order of the JSON. It is
/// written completely before anything is sent, since an output may have no JSON form.
/// </summary>
internal static class InferResponseWriter
{
    // Bytes for names, shapes and punctuation.
    private const int RoomForWords = 1024;

    // The usual length of a number as text in models' outputs.
    private const int RoomForNumber = 12;

    /// <summary>Estimates the response's bytes, so that the buffer need not grow; strings are left out.</summary>
    public static int EstimateLength(InferMessage message, ReadOnlySpan<OutputTensor> outputs, bool binaryOutputs)
    {
        long length = RoomForWords;
        for (int i = 0; i < outputs.Length; i++)
        {
            OutputTensor output = outputs[i];
            bool isElsewhere = output.Info.Marshaler.BitWidth == 0 || message.PlaceOf(i) is not null;
            length += isElsewhere ? 0 : IsBinary(output, message, binaryOutputs) ? output.RawLength : (long)output.Count * RoomForNumber;
        }

        return (int)Math.Min(length, NativeBuffer.MaxLength);
    }

    /// <summary>Writes the whole response body.</summary>
    /// <param name="answer">Receives the body; incomplete after a failure.</param>
    /// <param name="servable">The servable that computed.</param>
    /// <param name="message">The request, for its id and its requested outputs.</param>
    /// <param name="outputs">The outputs to write.</param>
    /// <param name="binaryOutputs">The default for outputs: true for binary.</param>
    /// <param name="jsonLength">Length of the JSON where bytes follow it; else null.</param>
    /// <param name="sequence">The sequence id to return as a parameter; none to leave it out.</param>
    /// <returns>Ok, or a failure for an output that has no JSON form.</returns>
    public static Outcome Write(
        NativeBuffer answer,
        ServableId servable,
        InferMessage message,
        ReadOnlySpan<OutputTensor> outputs,
        bool binaryOutputs,
        out int? jsonLength,
        SequenceId sequence = default)
    {
        jsonLength = null;
        answer.Raw("{\"model_name\":"u8);
        answer.Text(servable.Name);
        if (!string.IsNullOrEmpty(message.Id))
        {
            answer.Raw(",\"id\":"u8);
            answer.Text(message.Id);
        }

        answer.Raw(",\"model_version\":"u8);
        answer.Text(servable.VersionText);
        WriteParameters(answer, sequence, message.PacketTime);
        answer.Raw(",\"outputs\":["u8);
        bool anyBinary = false;
        for (int i = 0; i < outputs.Length; i++)
        {
            answer.Raw(i == 0 ? default : ","u8);
            bool binary = IsBinary(outputs[i], message, binaryOutputs);
            anyBinary |= binary;
            Outcome written = WriteOutput(answer, outputs[i], message.PlaceOf(i), binary);
            if (!written.IsOk)
            {
                return written;
            }
        }

        answer.Raw("]}"u8);
        if (anyBinary)
        {
            jsonLength = answer.Length;
            foreach (OutputTensor output in outputs)
            {
                if (IsBinary(output, message, binaryOutputs))
                {
                    output.WriteRaw(answer);
                }
            }
        }

        return Outcome.Ok;
    }

    private static void WriteParameters(NativeBuffer answer, SequenceId sequence, long? time)
    {
        if (sequence.IsNone && time is null)
        {
            return;
        }

        answer.Raw(",\"parameters\":{"u8);
        if (!sequence.IsNone)
        {
            answer.Raw("\"sequence_id\":"u8);
            if (sequence.Text is { } text)
            {
                answer.Text(text);
            }
            else
            {
                answer.Raw(Encoding.ASCII.GetBytes(sequence.ToString()));
            }
        }

        if (time is { } packets)
        {
            answer.Raw(sequence.IsNone ? default : ","u8);
            answer.Raw("\"OVMS_MP_TIMESTAMP\":"u8);
            answer.Number(packets);
        }

        answer.Raw("}"u8);
    }

    private static Outcome WriteOutput(NativeBuffer answer, OutputTensor output, SharedPlace? place, bool binary)
    {
        answer.Raw("{\"name\":"u8);
        answer.Text(output.Info.Name);
        answer.Raw(",\"shape\":"u8);
        answer.Numbers(output.Shape);
        answer.Raw(",\"datatype\":"u8);
        answer.Text(output.Info.Datatype);
        if (place is not null)
        {
            WritePlace(answer, place, output.RawLength);
            return Outcome.Ok;
        }

        if (binary)
        {
            answer.Raw(",\"parameters\":{\"binary_data_size\":"u8);
            answer.Number(output.RawLength);
            answer.Raw("}}"u8);
            return Outcome.Ok;
        }

        answer.Raw(",\"data\":"u8);
        Outcome written = output.Info.Marshaler.WriteJson(output.Tensor, answer);
        answer.Raw("}"u8);
        return written.IsOk
            ? written
            : Outcome.Fail(
                written.Code,
                $"{written.Detail}; output name: {output.Info.Name}; ask for it as bytes: \"parameters\":{{\"binary_data\":true}}");
    }

    private static void WritePlace(NativeBuffer answer, SharedPlace place, long written)
    {
        answer.Raw(",\"parameters\":{\"shared_memory_region\":"u8);
        answer.Text(place.Name!);
        if (place.Offset != 0)
        {
            answer.Raw(",\"shared_memory_offset\":"u8);
            answer.Number(place.Offset);
        }

        answer.Raw(",\"shared_memory_byte_size\":"u8);
        answer.Number(written);

        // Triton's C++ client takes every output with parameters for a binary one: no bytes follow the JSON for this one.
        answer.Raw(",\"binary_data_size\":0}}"u8);
    }

    private static bool IsBinary(OutputTensor output, InferMessage message, bool otherwise)
    {
        foreach (RequestedOutput asked in message.Outputs)
        {
            if (asked.Name == output.Info.Name)
            {
                return asked.Shared is null && (asked.BinaryData ?? otherwise);
            }
        }

        return otherwise;
    }
}
