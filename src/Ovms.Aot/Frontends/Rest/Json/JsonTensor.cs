using System.Text.Json;
using Ovms.Inference.Messages;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.Json;

/// <summary>Parses a tensor's <c>data</c>: elements of the datatype that the caller names, flat or in nested arrays.</summary>
internal static class JsonTensor
{
    // The most bytes reserved for a claimed shape before any element is parsed.
    private const int MaxInitialCapacity = 1 << 20;

    /// <summary>Fills the input's content.</summary>
    /// <param name="reader">Positioned on the value's first token; afterwards on its last.</param>
    /// <param name="text">The JSON text, starting at that token.</param>
    /// <param name="input">The input; its datatype is set.</param>
    /// <param name="path">Where the value is, for messages.</param>
    /// <param name="passed">
    /// How many bytes the reader was moved forward without tokenizing; its positions count from there. Usually 0.
    /// </param>
    public static Outcome Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> text, InputTensor input, string path, out int passed)
    {
        passed = 0;
        input.Source = ContentSource.Values;
        if (TensorMarshaler.ForDatatype(input.Datatype) is not { } marshaler)
        {
            // The validator rejects the datatype and names the one that the model expects.
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
