using System.Text.Json;
using Ovms.Frontends.Rest.Json;
using Ovms.Inference.Messages;
using Ovms.Inference.Sequences;
using Ovms.Serving.Signatures;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.TensorFlow;

/// <summary>The inputs of a predict request during parsing: finds them by name and appends values to them.</summary>
/// <param name="json">The whole JSON text.</param>
/// <param name="signature">The model's inputs.</param>
/// <param name="document">Receives the inputs.</param>
internal readonly ref struct PredictInputs(ReadOnlySpan<byte> json, Signature signature, InferDocument document)
{
    /// <summary>The most inputs: no model has more.</summary>
    public const int MaxInputs = 4096;

    private const int SmallestContent = 256;

    private readonly ReadOnlySpan<byte> _json = json;

    /// <summary>The inputs parsed so far.</summary>
    public List<InputTensor> Read => document.Message.Inputs;

    /// <summary>The input of a model that has only one; else null, and values need a name.</summary>
    public TensorInfo? Only => signature.Inputs.Length == 1 ? signature.Inputs[0] : null;

    /// <summary>The model's inputs, for messages.</summary>
    public string Names => string.Join(", ", signature.InputsInNameOrder.Select(static info => info.Name));

    /// <summary>Whether an object is a base64 value, not an object of named inputs.</summary>
    /// <param name="reader">Positioned on the object's start; a copy, which this may advance.</param>
    public bool IsBase64(Utf8JsonReader reader) =>
        signature.FindInput("b64") is null
        && reader.TokenType == JsonTokenType.StartObject
        && reader.Read()
        && reader.TokenType == JsonTokenType.PropertyName
        && reader.ValueTextEquals("b64"u8) && reader.Read() && reader.TokenType == JsonTokenType.String;

    /// <summary>Index of an input parsed before; -1 if there is none of that name.</summary>
    /// <param name="reader">Positioned on the name.</param>
    public int IndexOf(in Utf8JsonReader reader)
    {
        for (int i = 0; i < document.Message.Inputs.Count; i++)
        {
            if (reader.ValueTextEquals(document.Message.Inputs[i].Name))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Adds an input.</summary>
    /// <param name="name">Its name. If the model has no such input, the validator rejects it.</param>
    public InputTensor Add(string name)
    {
        InputTensor input = new() { Name = name, Datatype = Find(name)?.Marshaler.Datatype ?? "", Budget = document.Budget };
        document.Message.Inputs.Add(input);
        return input;
    }

    /// <summary>Appends one value, a scalar or nested arrays of scalars, to an input.</summary>
    /// <param name="reader">Positioned on the value's first token; afterwards on its last.</param>
    /// <param name="input">The input.</param>
    /// <param name="instance">The row's index; -1 for columns.</param>
    /// <param name="lengths">Receives the value's shape, from index 1 on.</param>
    /// <param name="rank">Receives its number of dimensions.</param>
    public Outcome Append(ref Utf8JsonReader reader, InputTensor input, int instance, scoped Span<long> lengths, out int rank)
    {
        rank = 0;
        if (Find(input.Name) is not { } info)
        {
            // Its type is unknown; the validator rejects the name.
            reader.Skip();
            return Outcome.Ok;
        }

        int start = document.Origin + (int)reader.TokenStartIndex;
        bool isFirst = input.Content is null;
        string datatype = PredictStrings.AreMeant(reader, info) ? PredictStrings.Datatype : info.Marshaler.Datatype;
        if (!isFirst && datatype != input.Datatype)
        {
            const string Fault = "Expected: values as in the rows before; Actual: strings or base64 in one and none in another";
            return Fail(StatusCode.RestCouldNotParseInstance, Fault, input, instance);
        }

        input.Datatype = datatype;
        input.Source = ContentSource.Values;
        input.Content ??= new NativeBuffer(SmallestContent, input.Budget);
        if (datatype != PredictStrings.Datatype
            && PlainTensor.TryRead(ref reader, _json[start..], info.Marshaler, input.Content, lengths, out PlainLength plain))
        {
            document.Origin = start + plain.Bytes - 1;
            rank = plain.Rank;
            input.ValueCount += plain.Count;
            return Outcome.Ok;
        }

        Outcome read = datatype == PredictStrings.Datatype
            ? PredictStrings.Read(ref reader, input.Content, out long count)
            : info.Marshaler.ReadJson(ref reader, input.Content, out count);
        if (!read.IsOk)
        {
            return Fail(read.Code, read.Detail, input, instance);
        }

        input.ValueCount += count;
        return ArrayNesting.Measure(_json[start..(document.Origin + (int)reader.BytesConsumed)], lengths, out rank) is { } fault
            ? Fail(StatusCode.RestCouldNotParseInput, fault, input, instance)
            : Outcome.Ok;
    }

    // The sequence tensors are no inputs of the model; they are parsed whether or not it has sequences.
    private TensorInfo? Find(string name) => signature.FindInput(name) ?? SequenceInputs.Find(name);

    /// <summary>An error with the place of the value.</summary>
    public static Outcome Fail(StatusCode code, string? detail, InputTensor input, int instance)
    {
        string name = Shown.Bounded(input.Name);
        return Outcome.Fail(code, $"{(instance < 0 ? "inputs" : $"instances[{instance}]")}.{name}: {detail}; input name: {name}");
    }
}
