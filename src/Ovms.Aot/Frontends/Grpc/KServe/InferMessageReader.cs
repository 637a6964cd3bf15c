using System.Buffers;
using Ovms.Frontends.Grpc.Binding;
using Ovms.Inference.Messages;
using Ovms.Status;
using Ovms.Tensors;
using Ovms.Wire;

namespace Ovms.Frontends.Grpc.KServe;

/// <summary>
/// Parses a ModelInferRequest in place, in two passes. The first keeps slices, since fields may come in any order. The second assigns each
/// input its bytes: raw contents are views, typed ones are converted.
/// </summary>
internal sealed class InferMessageReader
{
    private readonly Recycled<InferMessageParts> _parts = new(static home => new InferMessageParts(home));

    /// <summary>Reads one request.</summary>
    /// <param name="message">Holds the request's bytes, into which its raw contents point; receives its fields.</param>
    /// <returns>Ok, or what is wrong with the request.</returns>
    /// <exception cref="MalformedProtoException">The bytes are no ModelInferRequest.</exception>
    public Outcome Read(InferMessage message)
    {
        using InferMessageParts parts = _parts.Rent();
        ReadFields(message.Payload!.Sequence, message, parts);
        return InferContents.Fill(message, parts);
    }

    /// <summary>Finds the model's name and version, the first two fields, in a request's first bytes.</summary>
    public static MessageHead Peek(NativeBuffer begin)
    {
        ProtoStart start = new(begin.Bytes);
        FieldStart read = start.TryRead(1, ProtoReader.MaxTextLength, out Range name);
        if (read != FieldStart.Whole)
        {
            return MessageHead.Without(read);
        }

        read = start.TryRead(2, ProtoReader.MaxTextLength, out Range version);
        return read == FieldStart.Incomplete ? MessageHead.Incomplete
            : MessageHead.TextOf(begin.Bytes[name]) is not { } model ? MessageHead.Nameless
            : read == FieldStart.Other ? MessageHead.Of(model, "")
            : MessageHead.TextOf(begin.Bytes[version]) is { } text ? MessageHead.Of(model, text)
            : MessageHead.Nameless;
    }

    private static void ReadFields(ReadOnlySequence<byte> payload, InferMessage message, InferMessageParts parts)
    {
        ProtoReader reader = new(payload, "the request");
        int parameters = 0;
        while (reader.TryReadTag(out int field, out WireType type))
        {
            // A known field number with another wire type is an unknown field.
            switch (type == WireType.LengthDelimited ? field : 0)
            {
                case 1:
                    message.ModelName = reader.ReadKnownText();
                    break;
                case 2:
                    message.ModelVersion = reader.ReadKnownText();
                    break;
                case 3:
                    message.Id = reader.ReadText();
                    break;
                case 4:
                    reader.Limit(++parameters, InferApi.MaxEntries, "parameters");
                    InferParameters.Read(reader.ReadLengthDelimited(), message);
                    break;
                case 5:
                    reader.Limit(message.Inputs.Count + 1, InferApi.MaxEntries, "inputs");
                    message.Inputs.Add(ReadInput(reader.ReadLengthDelimited(), message, parts));
                    break;
                case 6:
                    reader.Limit(message.Outputs.Count + 1, InferApi.MaxEntries, "outputs");
                    message.Outputs.Add(ReadOutput(reader.ReadLengthDelimited()));
                    break;
                case 7:
                    reader.Limit(parts.Raw.Count + 1, InferApi.MaxEntries, "raw_input_contents");
                    parts.Raw.Add(reader.ReadLengthDelimited());
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }
    }

    private static InputTensor ReadInput(ReadOnlySequence<byte> bytes, InferMessage message, InferMessageParts parts)
    {
        InputTensor input = message.SpareInput();
        Dimensions shape = new(stackalloc long[InferApi.MaxDimensions]);
        ProtoReader reader = new(bytes, "an input");
        SharedPlace? place = null;
        int parameters = 0;
        while (reader.TryReadTag(out int field, out WireType type))
        {
            switch ((field, type))
            {
                case (1, WireType.LengthDelimited):
                    input.Name = reader.ReadKnownText();
                    break;
                case (2, WireType.LengthDelimited):
                    input.Datatype = reader.ReadKnownText();
                    break;
                case (3, WireType.Varint):
                    shape.Add(reader.ReadVarint());
                    break;
                case (3, WireType.LengthDelimited):
                    shape.AddPacked(reader.ReadLengthDelimited());
                    break;
                case (4, WireType.LengthDelimited):
                    reader.Limit(++parameters, InferApi.MaxEntries, "parameters");
                    InferParameters.Read(reader.ReadLengthDelimited(), ref place);
                    break;
                case (5, WireType.LengthDelimited):
                    reader.Limit(parts.Typed.Count + 1, InferApi.MaxEntries, "contents in all inputs");
                    parts.Typed.Add((message.Inputs.Count, reader.ReadLengthDelimited()));
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        input.Shared = place is { Name: null } ? null : place;
        input.TakeShape(shape.Sizes);
        return input;
    }

    private static RequestedOutput ReadOutput(ReadOnlySequence<byte> bytes)
    {
        string name = "";
        SharedPlace? place = null;
        ProtoReader reader = new(bytes, "a requested output");
        int parameters = 0;
        while (reader.TryReadTag(out int field, out WireType type))
        {
            switch (type == WireType.LengthDelimited ? field : 0)
            {
                case 1:
                    name = reader.ReadKnownText();
                    break;
                case 2:
                    reader.Limit(++parameters, InferApi.MaxEntries, "parameters");
                    InferParameters.Read(reader.ReadLengthDelimited(), ref place);
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        return new RequestedOutput(name, Shared: place is { Name: null } ? null : place);
    }

    /// <summary>Collects a tensor's dimensions, which may be single fields, packed, or both.</summary>
    private ref struct Dimensions(Span<long> space)
    {
        private readonly Span<long> _space = space;
        private int _count;

        public readonly ReadOnlySpan<long> Sizes => _space[.._count];

        public void Add(ulong dimension)
        {
            if (_count == _space.Length)
            {
                throw new MalformedProtoException($"a shape has more than {InferApi.MaxDimensions} dimensions");
            }

            _space[_count++] = (long)dimension;
        }

        public void AddPacked(ReadOnlySequence<byte> bytes)
        {
            ProtoReader reader = new(bytes, "a shape");
            while (!reader.End)
            {
                Add(reader.ReadVarint());
            }
        }
    }
}

/// <summary>Slices that the first pass leaves for the second; valid only as long as the message's payload.</summary>
/// <param name="home">The pool that it was rented from.</param>
internal sealed class InferMessageParts(Recycled<InferMessageParts> home) : Recyclable, IDisposable
{
    // More entries than a usual request has; longer lists are not pooled.
    private const int LargestKept = 64;

    /// <summary>The entries of raw_input_contents, in order.</summary>
    public List<ReadOnlySequence<byte>> Raw { get; } = [];

    /// <summary>Typed contents with the index of their input; protobuf allows several pieces for one input.</summary>
    public List<(int Input, ReadOnlySequence<byte> Bytes)> Typed { get; } = [];

    /// <summary>Clears the lists and returns them to the pool.</summary>
    public void Dispose()
    {
        if (!TryEndUse(Stamp))
        {
            return;
        }

        Raw.Clear();
        Typed.Clear();
        if (Raw.Capacity <= LargestKept && Typed.Capacity <= LargestKept)
        {
            home.Return(this);
        }
    }
}
