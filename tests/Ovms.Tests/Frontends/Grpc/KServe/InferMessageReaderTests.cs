using Google.Protobuf;
using Ovms.Frontends.Grpc.Binding;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Inference.Messages;
using Ovms.Status;

namespace Ovms.Tests.Frontends.Grpc.KServe;

public sealed class InferMessageReaderTests
{
    private const int Rounds = 12_000;

    // What our reader refuses and Google's takes: texts that are no UTF-8 (it replaces bytes), groups, and numbers cut to 32 bits.
    private static readonly string[] s_stricter = ["is not UTF-8", "is not the tag of a protobuf field", "a field claims "];

    [Test]
    public async Task RandomRequests_ReadAsTheReferenceReadsThem()
    {
        Random random = new(31);
        RandomRequests requests = new(random);
        int read = 0;
        for (int i = 0; i < Rounds; i++)
        {
            byte[] message = requests.Next();
            string? expected = ReferenceReading.Of(message);
            (string? actual, Outcome outcome) = Read(message);
            await Assert.That(actual).IsEqualTo(expected).Because($"message {i} gave {outcome}: {Convert.ToHexString(message)}");
            read += actual is null ? 0 : 1;
        }

        await Assert.That(read).IsGreaterThan(Rounds / 2);
    }

    [Test]
    public async Task DamagedRequests_AreReadAsTheReferenceReadsThemOrRefused()
    {
        Random random = new(32);
        RandomRequests requests = new(random);
        int stricter = 0;
        int refused = 0;
        for (int i = 0; i < Rounds; i++)
        {
            byte[] message = requests.Damage(requests.Next());
            string? expected = ReferenceReading.Of(message);
            (string? actual, Outcome outcome) = Read(message);
            refused += actual is null ? 1 : 0;
            if (actual is null && expected is not null && s_stricter.Any(outcome.Text.Contains))
            {
                stricter++;
                continue;
            }

            // Typed contents that are not used are not parsed.
            if (actual is not null && expected is null && LooksAway(message, actual))
            {
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
        Random random = new(33);
        for (int i = 0; i < Rounds; i++)
        {
            byte[] bytes = new byte[random.Next(0, 64)];
            random.NextBytes(bytes);
            (string? actual, Outcome outcome) = Read(bytes);
            await Assert.That(actual is not null || outcome.Code is StatusCode.MalformedMessage or StatusCode.InvalidValue).IsTrue();
        }
    }

    [Test]
    public async Task EveryPrefixOfARequest_IsReadOrRefused()
    {
        byte[] message = new RandomRequests(new Random(34)).Next();
        for (int length = 0; length < message.Length; length++)
        {
            byte[] prefix = message[..length];
            await Assert.That(Read(prefix).Text is null).IsEqualTo(ReferenceReading.Of(prefix) is null).Because($"length {length}");
        }
    }

    [Test]
    public async Task RawContent_StaysWhereItLiesAligned()
    {
        byte[] pixels = new byte[602_112];
        new Random(35).NextBytes(pixels);
        ModelInferRequest request = new() { ModelName = "m", Inputs = { new ModelInferRequest.Types.InferInputTensor { Name = "x", Datatype = "FP32", Shape = { 1, 3, 224, 224 } } } };
        request.RawInputContents.Add(UnsafeByteOperations.UnsafeWrap(pixels));

        using InferMessage message = Readers.KServe.Read(Payload.Of(request.ToByteArray()), out _).Value!;
        bool isSame = message.Inputs[0].Content!.Bytes.SequenceEqual(pixels);

        await Assert.That(isSame).IsTrue();
        await Assert.That(message.Inputs[0].Source).IsEqualTo(ContentSource.Raw);
        await Assert.That(AddressOf(message.Inputs[0]) % 64).IsEqualTo(0);
    }

    [Test]
    public async Task ReadingARequest_AllocatesNothingOfItsSize()
    {
        ModelInferRequest request = new() { Inputs = { new ModelInferRequest.Types.InferInputTensor { Name = "x", Datatype = "UINT8", Shape = { 8 << 20 } } } };
        request.RawInputContents.Add(UnsafeByteOperations.UnsafeWrap(new byte[8 << 20]));
        byte[] payload = request.ToByteArray();

        long allocated = Allocation.Of(() => Readers.KServe.Read(Payload.Of(payload), out _).Value!.Dispose());

        await Assert.That(allocated).IsLessThan(4096);
    }

    [Test]
    public async Task TooManyEntries_AreRefusedByName()
    {
        ModelInferRequest inputs = new();
        ModelInferRequest outputs = new();
        ModelInferRequest raw = new();
        for (int i = 0; i <= InferApi.MaxEntries; i++)
        {
            inputs.Inputs.Add(new ModelInferRequest.Types.InferInputTensor());
            outputs.Outputs.Add(new ModelInferRequest.Types.InferRequestedOutputTensor());
            raw.RawInputContents.Add(ByteString.Empty);
        }

        await Assert.That(Refusal(inputs)).Contains("more than 4096 inputs");
        await Assert.That(Refusal(outputs)).Contains("more than 4096 outputs");
        await Assert.That(Refusal(raw)).Contains("more than 4096 raw_input_contents");
    }

    [Test]
    public async Task ShapeOf65Dimensions_IsRefused_Of64IsRead()
    {
        ModelInferRequest.Types.InferInputTensor input = new() { Name = "x", Datatype = "FP32" };
        input.Shape.AddRange(Enumerable.Repeat(1L, InferApi.MaxDimensions));
        await Assert.That(Read(new ModelInferRequest { Inputs = { input } }.ToByteArray()).Text).IsNotNull();

        input.Shape.Add(1);
        await Assert.That(Refusal(new ModelInferRequest { Inputs = { input } })).Contains("a shape has more than 64 dimensions");
    }

    [Test]
    public async Task ValueThatDoesNotFit_NamesTheInput()
    {
        ModelInferRequest.Types.InferInputTensor input = new() { Name = "age", Datatype = "INT8", Shape = { 1 }, Contents = new InferTensorContents { IntContents = { 300 } } };
        await Assert.That(Refusal(new ModelInferRequest { Inputs = { input } })).Contains("300").And.Contains("input name: age");
    }

    [Test]
    public async Task LyingShape_ReservesNoMemoryForItsPromise()
    {
        // The shape promises a terabyte, the message has two values: the buffer grows only with what arrived.
        ModelInferRequest.Types.InferInputTensor input = new() { Name = "x", Datatype = "INT64", Shape = { 1 << 20, 1 << 20 }, Contents = new InferTensorContents { Int64Contents = { 1, 2 } } };
        using InferMessage message = Readers.KServe.Read(Payload.Of(new ModelInferRequest { Inputs = { input } }.ToByteArray()), out _).Value!;
        await Assert.That(message.Inputs[0].ValueCount).IsEqualTo(2);
        await Assert.That(message.Inputs[0].Content!.Free.Length).IsLessThan(1024);
    }

    private static unsafe nuint AddressOf(InputTensor input) => (nuint)input.Content!.Address;

    private static string Refusal(ModelInferRequest request)
    {
        (string? text, Outcome outcome) = Read(request.ToByteArray());
        return text is null ? outcome.Text : "was read";
    }

    private static (string? Text, Outcome Outcome) Read(byte[] payload)
    {
        Outcome<InferMessage> read = Readers.KServe.Read(Payload.Of(payload), out _);
        if (!read.IsOk)
        {
            return (null, read.WithoutValue);
        }

        using InferMessage message = read.Value;
        return (ReferenceReading.Of(message), Outcome.Ok);
    }

    private static bool LooksAway(byte[] message, string actual)
    {
        InferMessage read = Readers.KServe.Read(Payload.Of(message), out _).Value!;
        using (read)
        {
            return actual.Length > 0 && read.Inputs.Any(input => input.HasTypedBesideRaw || (input.Source == ContentSource.Values && !RandomRequests.IsDatatype(input.Datatype)));
        }
    }
}
