using System.Text.Json;
using Ovms.Inference.Messages;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.Json;

/// <summary>Reads a tensor's <c>data</c>: the elements of the datatype the caller claims, flat or in arrays of arrays.</summary>
internal static class JsonTensor
{
    // What a claimed shape may make us set aside before any element was seen.
    private const int MaxInitialCapacity = 1 << 20;

    /// <summary>Fills the input's content.</summary>
    /// <param name="reader">Stands on the value's first token; afterwards on its last.</param>
    /// <param name="text">The JSON text from that token on.</param>
    /// <param name="input">Its datatype is known.</param>
    /// <param name="path">Where the value is, for messages.</param>
    /// <param name="passed">Bytes of the text that the reader was carried over: its positions count from there. 0 mostly.</param>
    public static Outcome Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> text, InputTensor input, string path, out int passed)
    {
        passed = 0;
        input.Source = ContentSource.Values;
        if (TensorMarshaler.ForDatatype(input.Datatype) is not { } marshaler)
        {
            // Left to the validator, which knows the datatype that the model takes and says so.
            reader.Skip();
            return Outcome.Ok;
        }

        input.Content = new NativeBuffer(InitialCapacity(marshaler, input), input.Budget);
        Span<long> lengths = stackalloc long[JsonFault.MaxDepth + 1];
        if (PlainTensor.TryRead(ref reader, text, marshaler, input.Content, lengths, out PlainLength plain))
        {
            passed = plain.Bytes - 1;
            input.ValueCount = plain.Count;
            return Outcome.Ok;
        }

        long start = reader.TokenStartIndex;
        Outcome read = marshaler.ReadJson(ref reader, input.Content, out long count);
        if (!read.IsOk)
        {
            return Outcome.Fail(read.Code, $"{path}: {read.Detail}; input name: {Shown.Bounded(input.Name)}");
        }

        input.ValueCount = count;
        return ArrayNesting.FindFault(text[..(int)(reader.BytesConsumed - start)]) is { } fault
            ? Outcome.Fail(StatusCode.RestCouldNotParseInput, $"{path}: {fault}; input name: {Shown.Bounded(input.Name)}")
            : Outcome.Ok;
    }

    private static int InitialCapacity(TensorMarshaler marshaler, InputTensor input)
    {
        long bytes = Math.Max(marshaler.BitWidth / 8, 1);
        foreach (long dimension in input.Shape)
        {
            bytes = Math.Clamp(dimension, 0, MaxInitialCapacity) * bytes;
            bytes = Math.Min(bytes, MaxInitialCapacity);
        }

        return (int)bytes;
    }
}
