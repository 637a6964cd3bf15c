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
    // Three texts, and some bytes more.
    private const int LongestModelSpec = 4 * ProtoReader.MaxTextLength;

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

    /// <summary>
    /// Finds the model's name and version in model_spec, if a request's first bytes have it whole and it is the first field.
    /// </summary>
    public static MessageHead Peek(NativeBuffer begin)
    {
        ProtoStart start = new(begin.Bytes);
        FieldStart read = start.TryRead(1, LongestModelSpec, out Range spec);
        if (read != FieldStart.Whole)
        {
            return MessageHead.Without(read);
        }

        try
        {
            ModelSpec model = default;
            model.Read(begin.Sequence.Slice(spec.Start.Value, spec.End.Value - spec.Start.Value));
            return model.Name is { } name ? MessageHead.Of(name, TfsModelSpec.TextOf(model.Version)) : MessageHead.Nameless;
        }
        catch (MalformedProtoException)
        {
            // Reading the whole message reports the error.
            return MessageHead.Nameless;
        }
    }

    /// <summary>Parses everything except the tensors, and adds the slice of each input's tensor to the list.</summary>
    private static Outcome ReadFields(ReadOnlySequence<byte> payload, InferMessage message, List<ReadOnlySequence<byte>> tensors)
    {
        ModelSpec model = default;
        bool hasModel = false;
        ProtoReader reader = new(payload, "the request");
        while (reader.TryReadTag(out int field, out WireType type))
        {
            // A known field number with another wire type is an unknown field.
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
                    reader.Limit(message.Inputs.Count + 1, InferApi.MaxEntries, "inputs");
                    ReadInput(reader.ReadLengthDelimited(), message, tensors);
                    break;
                case 3:
                    reader.Limit(message.Outputs.Count + 1, InferApi.MaxEntries, "entries of output_filter");
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

        // The last entry of a duplicate map key wins: protobuf's rule. The earlier ones must still be valid.
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

    /// <summary>The fields of a ModelSpec that matter here; the signature's name is ignored, as in the original.</summary>
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
                        // Version and label are a oneof: the last one wins.
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

        // An Int64Value: a message that wraps a number.
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
