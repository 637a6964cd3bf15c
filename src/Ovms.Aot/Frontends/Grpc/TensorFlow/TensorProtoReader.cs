using System.Buffers;
using System.Diagnostics;
using Ovms.Frontends.Grpc.Binding;
using Ovms.Inference.Messages;
using Ovms.Status;
using Ovms.Tensors;
using Ovms.Wire;

namespace Ovms.Frontends.Grpc.TensorFlow;

/// <summary>Parses one TensorProto in place: tensor_content becomes a view, typed values are converted.</summary>
internal static class TensorProtoReader
{
    private const int TensorContent = 4;

    // The wire type of one value of each typed field, by field number.
    private static readonly Dictionary<int, (string Name, WireType Wire)> s_typed = new()
    {
        [5] = ("float_val", WireType.Fixed32),
        [6] = ("double_val", WireType.Fixed64),
        [7] = ("int_val", WireType.Varint),
        [8] = ("string_val", WireType.LengthDelimited),
        [9] = ("scomplex_val", WireType.Fixed32),
        [10] = ("int64_val", WireType.Varint),
        [11] = ("bool_val", WireType.Varint),
        [12] = ("dcomplex_val", WireType.Fixed64),
        [13] = ("half_val", WireType.Varint),
        [14] = ("resource_handle_val", WireType.LengthDelimited),
        [15] = ("variant_val", WireType.LengthDelimited),
        [16] = ("uint32_val", WireType.Varint),
        [17] = ("uint64_val", WireType.Varint),
        [18] = ("float8_val", WireType.LengthDelimited),
    };

    /// <summary>Parses everything of an input except its name.</summary>
    /// <param name="input">The input; its owner disposes it, also after a failure.</param>
    /// <param name="payload">The request, which owns the bytes.</param>
    /// <param name="tensor">The TensorProto's bytes in it.</param>
    /// <param name="repeated">Fills up short lists of values.</param>
    /// <exception cref="MalformedProtoException">The bytes are no TensorProto.</exception>
    public static Outcome Read(InputTensor input, NativeBuffer payload, ReadOnlySequence<byte> tensor, RepeatedValues repeated)
    {
        int number = 0;
        uint typed = 0;
        ReadOnlySequence<byte> content = default;
        TensorShape shape = new(stackalloc long[InferApi.MaxDimensions]);
        ProtoReader reader = new(tensor, "a tensor");
        while (reader.TryReadTag(out int field, out WireType type))
        {
            switch ((field, type))
            {
                case (1, WireType.Varint):
                    number = (int)reader.ReadVarint();
                    break;
                case (2, WireType.LengthDelimited):
                    shape.Read(reader.ReadLengthDelimited());
                    break;
                case (TensorContent, WireType.LengthDelimited):
                    content = reader.ReadLengthDelimited();
                    break;
                default:
                    typed |= HasValues(ref reader, field, type) ? 1u << field : 0;
                    break;
            }
        }

        input.TakeShape(shape.Sizes);
        TensorMarshaler? marshaler = TensorDatatypes.Of(number);
        input.Datatype = marshaler?.Datatype ?? TensorDatatypes.NameOf(number);
        if (marshaler is null)
        {
            // No model accepts this type; the validator reports the expected one.
            Check(tensor);
            return Outcome.Ok;
        }

        return ReadElements(input, payload, marshaler, tensor, content, typed, repeated);
    }

    /// <summary>Validates a tensor whose values are not used.</summary>
    /// <exception cref="MalformedProtoException">The bytes are no TensorProto.</exception>
    public static void Check(ReadOnlySequence<byte> tensor)
    {
        TensorShape shape = new(stackalloc long[InferApi.MaxDimensions]);
        ProtoReader reader = new(tensor, "a tensor");
        while (reader.TryReadTag(out int field, out WireType type))
        {
            if ((field, type) == (2, WireType.LengthDelimited))
            {
                shape.Read(reader.ReadLengthDelimited());
            }
            else if (type == WireType.LengthDelimited
                && s_typed.TryGetValue(field, out (string Name, WireType Wire) known)
                && known.Wire != type)
            {
                CheckPacked(reader.ReadLengthDelimited(), known.Wire);
            }
            else
            {
                reader.Skip(type);
            }
        }
    }

    private static void CheckPacked(ReadOnlySequence<byte> values, WireType wire)
    {
        ProtoReader reader = new(values, "a list of values");
        while (!reader.End)
        {
            reader.Skip(wire);
        }
    }

    private static Outcome ReadElements(
        InputTensor input,
        NativeBuffer payload,
        TensorMarshaler marshaler,
        ReadOnlySequence<byte> tensor,
        ReadOnlySequence<byte> content,
        uint typed,
        RepeatedValues repeated)
    {
        TypedField field = TypedField.Of(marshaler)!;
        Debug.Assert(field is not null, "Each type that has a TensorFlow number has a field.");
        if ((typed & ~(1u << field.Number)) is var foreign && foreign != 0)
        {
            string actual = s_typed[System.Numerics.BitOperations.TrailingZeroCount(foreign)].Name;
            return Refuse(
                StatusCode.InvalidValue, $"{marshaler.TfsDatatype} is carried by {field.Name}; Actual: values in {actual}", input);
        }

        if (content.IsEmpty)
        {
            // Without either, the error counts bytes, which most clients send, as in the original; or values, where the type has only
            // those.
            input.Source = typed != 0 || !field.RepeatsLast ? ContentSource.Values : ContentSource.Raw;
            return typed != 0 ? ReadValues(input, marshaler, field, tensor, repeated) : Outcome.Ok;
        }

        if (typed != 0)
        {
            return Refuse(
                StatusCode.InvalidMessageStructure, $"The tensor has tensor_content and {field.Name}; Expected: one of them", input);
        }

        if (marshaler.BitWidth == 0)
        {
            return Refuse(
                StatusCode.InvalidValue, $"{marshaler.TfsDatatype} is carried by {field.Name}; Actual: bytes in tensor_content", input);
        }

        input.TakeView(payload, content.FirstSpan);
        return Outcome.Ok;
    }

    private static Outcome ReadValues(
        InputTensor input, TensorMarshaler marshaler, TypedField field, ReadOnlySequence<byte> tensor, RepeatedValues repeated)
    {
        input.Content = new NativeBuffer((int)Math.Min(tensor.Length, NativeBuffer.MaxLength), input.Budget);
        ProtoReader reader = new(tensor, "a tensor");
        Outcome read = field.Read(ref reader, input.Content, out long count);
        input.ValueCount = count;
        if (!read.IsOk)
        {
            return Refuse(read.Code, read.Detail, input);
        }

        if (field.RepeatsLast)
        {
            repeated.FillUp(input, marshaler.BitWidth / 8);
        }

        return Outcome.Ok;
    }

    // A known field number with another wire type is an unknown field.
    private static bool HasValues(ref ProtoReader reader, int field, WireType type)
    {
        if (!s_typed.TryGetValue(field, out (string Name, WireType Wire) known)
            || (type != WireType.LengthDelimited && type != known.Wire))
        {
            reader.Skip(type);
            return false;
        }

        if (type != WireType.LengthDelimited)
        {
            reader.Skip(type);
            return true;
        }

        // One empty string is a value; an empty list of numbers is not.
        return !reader.ReadLengthDelimited().IsEmpty || known.Name == "string_val";
    }

    private static Outcome Refuse(StatusCode code, string? detail, InputTensor input)
    {
        string name = $"input name: {Shown.Bounded(input.Name)}";
        return Outcome.Fail(code, detail is null ? name : $"{detail}; {name}");
    }

    /// <summary>Collects the dimensions of a TensorShapeProto, which may be split over several fields.</summary>
    private ref struct TensorShape(Span<long> space)
    {
        private readonly Span<long> _space = space;
        private int _count;

        public readonly ReadOnlySpan<long> Sizes => _space[.._count];

        public void Read(ReadOnlySequence<byte> bytes)
        {
            ProtoReader reader = new(bytes, "a shape");
            while (reader.TryReadTag(out int field, out WireType type))
            {
                if (field != 2 || type != WireType.LengthDelimited)
                {
                    reader.Skip(type);
                    continue;
                }

                if (_count == _space.Length)
                {
                    reader.Throw($"a shape has more than {_space.Length} dimensions");
                }

                _space[_count++] = ReadSize(reader.ReadLengthDelimited());
            }
        }

        private static long ReadSize(ReadOnlySequence<byte> bytes)
        {
            long size = 0;
            ProtoReader reader = new(bytes, "a dimension");
            while (reader.TryReadTag(out int field, out WireType type))
            {
                if (field == 1 && type == WireType.Varint)
                {
                    size = (long)reader.ReadVarint();
                }
                else if (field == 2 && type == WireType.LengthDelimited)
                {
                    // The dimension's name.
                    reader.PassText();
                }
                else
                {
                    reader.Skip(type);
                }
            }

            return size;
        }
    }
}
