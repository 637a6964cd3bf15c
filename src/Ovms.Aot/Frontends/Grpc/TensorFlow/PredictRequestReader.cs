using System.Buffers;
using Ovms.Frontends.Grpc.Binding;
using Ovms.Inference.Messages;
using Ovms.Status;
using Ovms.Tensors;
using Ovms.Wire;

namespace Ovms.Frontends.Grpc.TensorFlow;

/// <summary>Reads a PredictRequest of TensorFlow Serving where it lies, into the message that all APIs give.</summary>
internal static class PredictRequestReader
{
    /// <summary>Reads one request.</summary>
    /// <param name="message">Has the request as it came, where its tensors stay; gets its fields.</param>
    /// <returns>Ok, or what is wrong with the bytes.</returns>
    /// <exception cref="MalformedProtoException">The bytes are no such message.</exception>
    public static Outcome Read(InferMessage message)
    {
        NativeBuffer payload = message.Payload!;
        RepeatedValues repeated = new();
        List<ReadOnlySequence<byte>> tensors = [];
        Outcome read = ReadFields(payload.Sequence, message, tensors);
        for (int i = 0; i < tensors.Count && read.IsOk; i++)
        {
            read = TensorProtoReader.Read(message.Inputs[i], payload, tensors[i], repeated);
        }

        return read;
    }

    /// <summary>The model that a request's first bytes name: model_spec is its first field. Null where it is not.</summary>
    /// <exception cref="MalformedProtoException">The bytes are no such message.</exception>
    public static (string Name, string Version)? Peek(ReadOnlySequence<byte> begin)
    {
        ProtoReader reader = new(begin, "the request");
        if (!reader.TryReadTag(out int field, out WireType type) || (field, type) != (1, WireType.LengthDelimited))
        {
            return null;
        }

        ModelSpec model = default;
        model.Read(reader.ReadLengthDelimited());
        return model.Name is { } name ? (name, TfsModelSpec.TextOf(model.Version)) : null;
    }

    /// <summary>Reads everything but the tensors, whose places are kept in the order of the inputs.</summary>
    private static Outcome ReadFields(ReadOnlySequence<byte> payload, InferMessage message, List<ReadOnlySequence<byte>> tensors)
    {
        ModelSpec model = default;
        bool hasModel = false;
        ProtoReader reader = new(payload, "the request");
        while (reader.TryReadTag(out int field, out WireType type))
        {
            // A known number with another wire type is an unknown field.
            switch (type == WireType.LengthDelimited ? field : 0)
            {
                case 1:
                    hasModel = true;
                    model.Read(reader.ReadLengthDelimited());

                    // At once: a message that breaks off behind it is a failed call of this model.
                    message.ModelName = model.Name ?? "";
                    message.ModelVersion = TfsModelSpec.TextOf(model.Version);
                    break;
                case 2:
                    Bound(ref reader, message.Inputs.Count + 1, "inputs");
                    ReadInput(reader.ReadLengthDelimited(), message, tensors);
                    break;
                case 3:
                    Bound(ref reader, message.Outputs.Count + 1, "entries of output_filter");
                    message.Outputs.Add(new RequestedOutput(reader.ReadKnownText()));
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        if (!hasModel)
        {
            return Outcome.Fail(StatusCode.ModelSpecMissing);
        }

        return model.Label is { } label ? TfsModelSpec.RefuseLabel(label) : Outcome.Ok;
    }

    private static void ReadInput(ReadOnlySequence<byte> entry, InferMessage message, List<ReadOnlySequence<byte>> tensors)
    {
        string name = "";
        ReadOnlySequence<byte> tensor = default;
        ProtoReader reader = new(entry, "an input");
        while (reader.TryReadTag(out int field, out WireType type))
        {
            switch (type == WireType.LengthDelimited ? field : 0)
            {
                case 1:
                    name = reader.ReadKnownText();
                    break;
                case 2:
                    if (!tensor.IsEmpty)
                    {
                        TensorProtoReader.Check(tensor);
                    }

                    tensor = reader.ReadLengthDelimited();
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        // Of a key that stands twice in a map the last entry counts: protobuf's rule. The others must be whole all the same.
        int earlier = message.Inputs.FindIndex(input => input.Name == name);
        if (earlier >= 0)
        {
            TensorProtoReader.Check(tensors[earlier]);
            tensors[earlier] = tensor;
            return;
        }

        InputTensor input = message.SpareInput();
        input.Name = name;
        message.Inputs.Add(input);
        tensors.Add(tensor);
    }

    private static void Bound(ref ProtoReader reader, int count, string what)
    {
        if (count > InferApi.MaxEntries)
        {
            reader.Throw($"more than {InferApi.MaxEntries} {what}");
        }
    }

    /// <summary>What a ModelSpec says that matters here: the signature's name is ignored, as in the original.</summary>
    private struct ModelSpec
    {
        public string? Name { get; private set; }

        public long? Version { get; private set; }

        public string? Label { get; private set; }

        public void Read(ReadOnlySequence<byte> bytes)
        {
            ProtoReader reader = new(bytes, "model_spec");
            while (reader.TryReadTag(out int field, out WireType type))
            {
                switch (type == WireType.LengthDelimited ? field : 0)
                {
                    case 1:
                        Name = reader.ReadKnownText();
                        break;
                    case 2:
                        // Of version and label the last counts: they are one choice.
                        Version = ReadNumber(reader.ReadLengthDelimited());
                        Label = null;
                        break;
                    case 3:
                        reader.PassText();
                        break;
                    case 4:
                        Label = reader.ReadText();
                        Version = null;
                        break;
                    default:
                        reader.Skip(type);
                        break;
                }
            }
        }

        // An Int64Value: a message around a number.
        private static long ReadNumber(ReadOnlySequence<byte> bytes)
        {
            long number = 0;
            ProtoReader reader = new(bytes, "model_spec.version");
            while (reader.TryReadTag(out int field, out WireType type))
            {
                if (field == 1 && type == WireType.Varint)
                {
                    number = (long)reader.ReadVarint();
                }
                else
                {
                    reader.Skip(type);
                }
            }

            return number;
        }
    }
}
