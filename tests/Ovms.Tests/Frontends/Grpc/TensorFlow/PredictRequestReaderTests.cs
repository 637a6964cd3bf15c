using Google.Protobuf;
using Ovms.Frontends.Grpc.Binding;
using Ovms.Frontends.Grpc.Protos.TensorFlow;
using Ovms.Frontends.Grpc.Protos.TensorFlowServing;
using Ovms.Inference.Messages;
using Ovms.Status;

namespace Ovms.Tests.Frontends.Grpc.TensorFlow;

public sealed class PredictRequestReaderTests
{
    private const int Rounds = 10_000;

    // What our reader refuses and Google's takes: texts that are no UTF-8 (it replaces bytes), groups, numbers cut to 32 bits,
    // fields that our .proto leaves out, and a number in a message of its own, whose end the library overlooks.
    private static readonly string[] s_stricter = ["of model_spec.version)", "is not UTF-8", "is not the tag of a protobuf field", "a field claims ", "resource_handle_val", "variant_val"];

    [Test]
    public async Task RandomRequests_ReadAsTheReferenceReadsThem()
    {
        Random random = new(41);
        RandomPredictRequests requests = new(random);
        int read = 0;
        for (int i = 0; i < Rounds; i++)
        {
            byte[] message = requests.Next();
            (string? actual, Outcome outcome) = Read(message);
            await Assert.That(actual).IsEqualTo(ReferencePredictReading.Of(message)).Because($"message {i} gave {outcome}: {Convert.ToHexString(message)}");
            read += actual is null ? 0 : 1;
        }

        await Assert.That(read).IsGreaterThan(Rounds / 2);
    }

    [Test]
    public async Task DamagedRequests_AreReadAsTheReferenceReadsThemOrRefused()
    {
        Random random = new(42);
        RandomPredictRequests requests = new(random);
        RandomRequests damage = new(random);
        int refused = 0;
        int stricter = 0;
        for (int i = 0; i < Rounds; i++)
        {
            byte[] message = damage.Damage(requests.Next());
            string? expected = ReferencePredictReading.Of(message);
            (string? actual, Outcome outcome) = Read(message);
            refused += actual is null ? 1 : 0;
            if (actual is null && expected is not null && s_stricter.Any(outcome.Text.Contains))
            {
                stricter++;
                continue;
            }

            await Assert.That(actual).IsEqualTo(expected).Because($"message {i} gave {outcome}: {Convert.ToHexString(message)}");
        }

        await Assert.That(refused).IsBetween(Rounds / 10, Rounds * 9 / 10);
        await Assert.That(stricter).IsLessThan(Rounds / 5);
    }

    [Test]
    public async Task RandomBytes_NeverThrow()
    {
        Random random = new(43);
        for (int i = 0; i < Rounds; i++)
        {
            byte[] bytes = new byte[random.Next(0, 64)];
            random.NextBytes(bytes);
            (string? actual, Outcome outcome) = Read(bytes);
            await Assert.That(actual is not null || outcome.Code is StatusCode.MalformedMessage or StatusCode.InvalidValue or StatusCode.ModelSpecMissing or StatusCode.ModelVersionLabelUnsupported).IsTrue();
        }
    }

    [Test]
    public async Task Content_StaysWhereItLiesAligned()
    {
        byte[] pixels = new byte[602_112];
        new Random(44).NextBytes(pixels);
        PredictRequest request = TfsRequests.For("m");
        request.Inputs["x"] = TfsRequests.Content(DataType.DtFloat, [1, 3, 224, 224], pixels);

        using InferMessage message = Readers.Predict.Read(Payload.Of(request.ToByteArray()), out _).Value!;
        bool isSame = message.Inputs[0].Content!.Bytes.SequenceEqual(pixels);

        await Assert.That(isSame).IsTrue();
        await Assert.That(message.Origin).IsEqualTo(CallOrigin.TensorFlowServingGrpc);
        await Assert.That(message.Inputs[0].Source).IsEqualTo(ContentSource.Raw);
        await Assert.That(AddressOf(message.Inputs[0]) % 64).IsEqualTo(0);
    }

    [Test]
    public async Task ReadingARequest_AllocatesNothingOfItsSize()
    {
        PredictRequest request = TfsRequests.For("m");
        request.Inputs["x"] = TfsRequests.Content(DataType.DtUint8, [8 << 20], new byte[8 << 20]);
        byte[] payload = request.ToByteArray();

        long allocated = Allocation.Of(() => Readers.Predict.Read(Payload.Of(payload), out _).Value!.Dispose());

        await Assert.That(allocated).IsLessThan(4096);
    }

    [Test]
    public async Task LastValue_FillsTheTensor()
    {
        PredictRequest request = TfsRequests.For("m");
        request.Inputs["x"] = TfsRequests.Tensor(DataType.DtDouble, 3, 5);
        request.Inputs["x"].DoubleVal.Add([1.5, -2]);
        Outcome<InferMessage> read = Readers.Predict.Read(Payload.Of(request.ToByteArray()), out _);
        using InferMessage message = read.Value!;
        double[] values = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, double>(message.Inputs[0].Content!.Bytes).ToArray();
        await Assert.That(values).IsEquivalentTo(Enumerable.Repeat(-2.0, 14).Prepend(1.5), TUnit.Assertions.Enums.CollectionOrdering.Matching);
    }

    [Test]
    public async Task ClaimedShape_IsNotFilledBeyondTheBound()
    {
        PredictRequest request = TfsRequests.For("m");
        for (int i = 0; i < 40; i++)
        {
            request.Inputs[$"x{i}"] = TfsRequests.Tensor(DataType.DtFloat, 1 << 20);
            request.Inputs[$"x{i}"].FloatVal.Add(1);
        }

        using InferMessage message = Readers.Predict.Read(Payload.Of(request.ToByteArray()), out _).Value!;
        await Assert.That(message.Inputs.Sum(static input => (long)input.Content!.Length)).IsLessThanOrEqualTo((64 << 20) + (40 * sizeof(float)));
        await Assert.That(message.Inputs.Count(static input => input.ValueCount == 1)).IsEqualTo(24);
    }

    [Test]
    [Arguments("DT_HALF")]
    [Arguments("DT_UINT16")]
    public async Task FieldsThatTheOriginalTakes_AreNotFilledUp(string name)
    {
        DataType type = (DataType)TensorflowReflection.Descriptor.EnumTypes[0].FindValueByName(name).Number;
        PredictRequest request = TfsRequests.For("m");
        request.Inputs["x"] = TfsRequests.Tensor(type, 4);
        (type == DataType.DtHalf ? request.Inputs["x"].HalfVal : request.Inputs["x"].IntVal).Add(7);
        using InferMessage message = Readers.Predict.Read(Payload.Of(request.ToByteArray()), out _).Value!;
        await Assert.That(message.Inputs[0].ValueCount).IsEqualTo(1);
    }

    [Test]
    public async Task Refusals_NameTheFieldAndTheInput()
    {
        await Assert.That(Refusal(static t => t.FloatVal.Add(1), DataType.DtInt32)).Contains("DT_INT32 is carried by int_val; Actual: values in float_val; input name: age");
        await Assert.That(Refusal(static t => t.IntVal.Add(300), DataType.DtUint8)).Contains("value 0 is 300; DT_UINT8 takes whole numbers from 0 to 255; input name: age");
        await Assert.That(Refusal(static t => t.HalfVal.Add(70_000), DataType.DtHalf)).Contains("value 0 is 70000; DT_HALF takes whole numbers from 0 to 65535; input name: age");
        await Assert.That(Refusal(static t => t.TensorContent = ByteString.CopyFromUtf8("x"), DataType.DtString)).Contains("DT_STRING is carried by string_val; Actual: bytes in tensor_content; input name: age");
        await Assert.That(Refusal(
            static t =>
            {
                t.TensorContent = ByteString.CopyFrom(new byte[4]);
                t.FloatVal.Add(1);
            },
            DataType.DtFloat)).Contains("tensor_content and float_val; Expected: one of them; input name: age");
        await Assert.That(Read(new PredictRequest().ToByteArray()).Outcome.Text).IsEqualTo("model_spec missing in request");
    }

    [Test]
    public async Task TooManyEntries_AreRefusedByName()
    {
        PredictRequest inputs = TfsRequests.For("m");
        PredictRequest filter = TfsRequests.For("m");
        PredictRequest dimensions = TfsRequests.For("m");
        for (int i = 0; i <= InferApi.MaxEntries; i++)
        {
            inputs.Inputs[$"{i}"] = new TensorProto();
            filter.OutputFilter.Add("a");
        }

        dimensions.Inputs["x"] = TfsRequests.Tensor(DataType.DtFloat, new long[InferApi.MaxDimensions + 1]);
        await Assert.That(Read(inputs.ToByteArray()).Outcome.Text).Contains("more than 4096 inputs");
        await Assert.That(Read(filter.ToByteArray()).Outcome.Text).Contains("more than 4096 entries of output_filter");
        await Assert.That(Read(dimensions.ToByteArray()).Outcome.Text).Contains("a shape has more than 64 dimensions");
    }

    /// <summary>The reader rejects what protobuf's own readers reject, even in parts that are not used.</summary>
    [Test]
    [Arguments("an entry that a later one replaces: its list of floats is cut")]
    [Arguments("a tensor that a later one of the same entry replaces: its shape is cut")]
    [Arguments("a type that no model has: its list of varints is cut")]
    [Arguments("a dimension's name")]
    [Arguments("a dimension's name in an entry that a later one replaces")]
    [Arguments("the name of a signature")]
    [Arguments("the name of an input in an entry that a later one replaces")]
    public async Task WhatNobodyReads_MustBeProtobuf(string what)
    {
        byte[] model = Delimited(1, Delimited(1, "m"u8));
        byte[] x = Delimited(1, "x"u8);
        byte[] good = Delimited(2, [.. x, .. Delimited(2, [0x08, 1])]);
        byte[] notUtf8 = [0xC3, 0x28];
        byte[] message = what switch
        {
            "an entry that a later one replaces: its list of floats is cut" => [.. Delimited(2, [.. x, .. Delimited(2, [0x08, 1, .. Delimited(5, [1, 2, 3])])]), .. good],
            "a tensor that a later one of the same entry replaces: its shape is cut" => Delimited(2, [.. x, .. Delimited(2, Delimited(2, [0x12, 9])), .. Delimited(2, [0x08, 1])]),
            "a type that no model has: its list of varints is cut" => Delimited(2, [.. x, .. Delimited(2, [0x08, 101, .. Delimited(7, [0x80])])]),
            "a dimension's name" => Delimited(2, [.. x, .. Delimited(2, [0x08, 1, .. Delimited(2, Delimited(2, [0x08, 1, .. Delimited(2, notUtf8)]))])]),
            "a dimension's name in an entry that a later one replaces" => [.. Delimited(2, [.. x, .. Delimited(2, Delimited(2, Delimited(2, Delimited(2, notUtf8))))]), .. good],
            "the name of a signature" => Delimited(1, Delimited(3, notUtf8)),
            _ => [.. Delimited(2, [.. Delimited(1, notUtf8), .. Delimited(2, [0x08, 1])]), .. good],
        };
        await Assert.That(Read([.. model, .. good]).Outcome.Text).IsEqualTo("OK");
        Outcome outcome = Read([.. model, .. message]).Outcome;
        await Assert.That(outcome.Code).IsEqualTo(StatusCode.MalformedMessage).Because(outcome.Text);
    }

    private static byte[] Delimited(int field, ReadOnlySpan<byte> bytes) => [(byte)((field << 3) | 2), (byte)bytes.Length, .. bytes];

    private static unsafe nuint AddressOf(InputTensor input) => (nuint)input.Content!.Address;

    private static string Refusal(Action<TensorProto> fill, DataType type)
    {
        PredictRequest request = TfsRequests.For("m");
        request.Inputs["age"] = TfsRequests.Tensor(type, 1);
        fill(request.Inputs["age"]);
        (string? text, Outcome outcome) = Read(request.ToByteArray());
        return text is null ? outcome.Text : "was read";
    }

    private static (string? Text, Outcome Outcome) Read(byte[] payload)
    {
        Outcome<InferMessage> read = Readers.Predict.Read(Payload.Of(payload), out _);
        if (!read.IsOk)
        {
            return (null, read.WithoutValue);
        }

        using InferMessage message = read.Value;
        return (ReferencePredictReading.Of(message), Outcome.Ok);
    }
}
