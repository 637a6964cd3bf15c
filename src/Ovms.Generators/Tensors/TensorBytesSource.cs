using Ovms.Generators.Infrastructure;

namespace Ovms.Generators.Tensors;

/// <summary>Source of the helper class that all typed signatures of a project share.</summary>
internal static class TensorBytesSource
{
    public static string For(string grpcNamespace)
    {
        CodeWriter writer = CodeWriter.ForFile("Ovms.Signatures");
        writer.Lines(Body.Replace("$proto", "global::" + grpcNamespace).Replace("$generated", CodeWriter.GeneratedCode));
        return writer.ToString();
    }

    private const string Body = """
        using global::System;
        using global::System.Buffers.Binary;
        using global::System.Collections.Generic;
        using global::System.Runtime.InteropServices;
        using global::System.Text;
        using global::Google.Protobuf;

        /// <summary>Converts typed tensors to the raw contents of KServe's messages and back.</summary>
        $generated
        internal static class TensorBytes
        {
            // Throws on bytes that are not UTF-8 instead of replacing them.
            private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

            /// <summary>Encodes elements in little-endian form.</summary>
            public static ByteString Of<T>(ReadOnlySpan<T> items)
                where T : unmanaged => ByteString.CopyFrom(MemoryMarshal.AsBytes(items));

            /// <summary>Encodes strings, each as a little-endian uint32 length and its bytes.</summary>
            public static ByteString Of(IReadOnlyList<string> texts)
            {
                int size = 0;
                foreach (string text in texts)
                {
                    size = checked(size + sizeof(uint) + s_utf8.GetByteCount(text));
                }

                byte[] bytes = new byte[size];
                Span<byte> rest = bytes;
                foreach (string text in texts)
                {
                    int length = s_utf8.GetBytes(text, rest[sizeof(uint)..]);
                    BinaryPrimitives.WriteUInt32LittleEndian(rest, (uint)length);
                    rest = rest[(sizeof(uint) + length)..];
                }

                return UnsafeByteOperations.UnsafeWrap(bytes);
            }

            /// <summary>Product of the dimensions; -1 if one is negative or the product exceeds an int.</summary>
            public static long Count(IEnumerable<long> shape)
            {
                long count = 1;
                foreach (long dimension in shape)
                {
                    if (dimension < 0 || (dimension > 0 && count > int.MaxValue / dimension))
                    {
                        return -1;
                    }

                    count *= dimension;
                }

                return count;
            }

            /// <summary>Bytes of packed elements, which take a whole number of units.</summary>
            public static long Packed(long count, int bits, int unitBits) =>
                count < 0 ? -1 : ((count * bits) + unitBits - 1) / unitBits * (unitBits / 8);

            /// <summary>Replaces the one dynamic dimension, -1, according to the number of values; null if they do not fit.</summary>
            public static long[]? Infer(ReadOnlySpan<long> shape, int values)
            {
                long[] inferred = shape.ToArray();
                int open = shape.IndexOf(-1L);
                inferred[open] = 1;
                long each = Count(inferred);
                if (each <= 0 || values % each != 0)
                {
                    return null;
                }

                inferred[open] = values / each;
                return inferred;
            }

            /// <summary>Index of an input; -1 if the request has none with that name.</summary>
            public static int Find($proto.ModelInferRequest request, string name)
            {
                for (int i = 0; i < request.Inputs.Count; i++)
                {
                    if (request.Inputs[i].Name == name)
                    {
                        return i;
                    }
                }

                return -1;
            }

            /// <summary>Index of an output with the given datatype.</summary>
            public static int Find($proto.ModelInferResponse response, string name, string datatype)
            {
                for (int i = 0; i < response.Outputs.Count; i++)
                {
                    if (response.Outputs[i].Name == name)
                    {
                        return response.Outputs[i].Datatype == datatype && i < response.RawOutputContents.Count
                            ? i
                            : throw new FormatException(
                                $"Output {name} of the answer is {response.Outputs[i].Datatype}, "
                                + $"in one of {response.RawOutputContents.Count} raw contents; "
                                + $"{datatype} is expected. Is another model served?");
                    }
                }

                throw new FormatException($"The answer has no output {name}. Is another model served?");
            }

            /// <summary>The elements of an output.</summary>
            public static T[] Read<T>($proto.ModelInferResponse response, int index, long items)
                where T : unmanaged
            {
                ReadOnlySpan<byte> bytes = response.RawOutputContents[index].Span;
                ReadOnlySpan<T> elements = MemoryMarshal.Cast<byte, T>(bytes);
                return elements.Length == items && MemoryMarshal.AsBytes(elements).Length == bytes.Length
                    ? elements.ToArray()
                    : throw new FormatException(
                        $"Output {response.Outputs[index].Name} of the answer has {bytes.Length} bytes, which are not {items} values.");
            }

            /// <summary>The strings of an output.</summary>
            public static string[] ReadStrings($proto.ModelInferResponse response, int index, long count)
            {
                ReadOnlySpan<byte> rest = response.RawOutputContents[index].Span;
                List<string> texts = [];
                try
                {
                    while (rest.Length >= sizeof(uint) && BinaryPrimitives.ReadUInt32LittleEndian(rest) <= rest.Length - sizeof(uint))
                    {
                        int length = (int)BinaryPrimitives.ReadUInt32LittleEndian(rest);
                        texts.Add(s_utf8.GetString(rest.Slice(sizeof(uint), length)));
                        rest = rest[(sizeof(uint) + length)..];
                    }
                }
                catch (DecoderFallbackException fault)
                {
                    throw new FormatException($"String {texts.Count} of output {response.Outputs[index].Name} is not UTF-8.", fault);
                }

                return rest.IsEmpty && texts.Count == count
                    ? [.. texts]
                    : throw new FormatException(
                        $"Output {response.Outputs[index].Name} of the answer holds {texts.Count} strings and {rest.Length} bytes more; "
                        + $"{count} strings are expected.");
            }
        }
        """;
}
