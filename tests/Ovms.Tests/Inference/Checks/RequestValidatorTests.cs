using Ovms.Inference.Checks;
using Ovms.Inference.Messages;
using Ovms.Native;
using Ovms.Serving.Signatures;
using Ovms.Status;
using Ovms.Tensors;
using Ovms.Tests.Tensors;

namespace Ovms.Tests.Inference.Checks;

/// <summary>What fits a model and what does not, with the words clients look for.</summary>
public class RequestValidatorTests
{
    private static readonly Signature s_dummy = Requests.Model(Requests.Port("b", Requests.OneByTen));
    private static readonly Signature s_two = Requests.Model(Requests.Port("b", Requests.OneByTen), Requests.Port("c", Requests.OneByTen, index: 1));
    private static readonly Signature s_bounded = Requests.Model(Requests.Port("x", Requests.Bounded));
    private static readonly Signature s_strings = Requests.Model(Requests.Port("s", new PartialShape(Dimension.Dynamic), ElementType.String));

    [Test]
    [Arguments("FP32", "1,10", 40, "OK")]
    [Arguments("FP32", "-1,10", 40, "Invalid input shape - Negative or zero dimension size is not acceptable: (-1,10); input name: b")]
    [Arguments("INT8", "1,10", 40, "Invalid input precision - Expected: FP32; Actual: INT8; input name: b")]
    [Arguments("FLOAT", "1,10", 40, "Invalid input precision - Expected: FP32; Actual: FLOAT (no datatype of that name exists); input name: b")]
    [Arguments("FP32", "10", 40, "Invalid number of shape dimensions - Expected: (1,10); Actual: (10); input name: b")]
    [Arguments("FP32", "", 40, "Invalid number of shape dimensions - Expected: (1,10); Actual: (); input name: b")]
    [Arguments("FP32", "2,10", 80, "Invalid input batch size - Expected: 1; Actual: 2; input name: b")]
    [Arguments("FP32", "0,10", 0, "Invalid input batch size - Expected: 1; Actual: 0; input name: b")]
    [Arguments("FP32", "1,11", 44, "Invalid input shape - Expected: (1,10); Actual: (1,11); input name: b")]
    [Arguments("FP32", "1,10", 36, "Invalid content size of tensor proto - Expected: 40 bytes; Actual: 36 bytes; input name: b")]
    [Arguments("FP32", "1,10", 0, "Invalid content size of tensor proto - Expected: 40 bytes; Actual: 0 bytes; input name: b")]
    // Several faults at once: the first check in the original's order speaks.
    [Arguments("INT8", "-1,11", 1, "Invalid input shape - Negative or zero dimension size is not acceptable: (-1,11); input name: b")]
    [Arguments("INT8", "10", 1, "Invalid input precision - Expected: FP32; Actual: INT8; input name: b")]
    [Arguments("FP32", "2,11", 1, "Invalid input batch size - Expected: 1; Actual: 2; input name: b")]
    [Arguments("FP32", "1,9223372036854775807", 40, "Invalid input shape - Expected: (1,10); Actual: (1,9223372036854775807); input name: b")]
    [Arguments("FP32", "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1", 40, "Invalid number of shape dimensions - Expected: (1,10); Actual: (1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,... 18 dimensions); input name: b")]
    public async Task RawInput_IsChecked(string datatype, string shape, int byteLength, string text) =>
        await Expect(s_dummy, Requests.Message(Requests.Raw("b", datatype, Shape(shape), byteLength)), text);

    [Test]
    [Arguments("0,10", 0, "OK")]
    [Arguments("3,512", 3 * 512 * 4, "OK")]
    [Arguments("3,513", 0, "Invalid input shape - Expected: (-1,[1~512]); Actual: (3,513); input name: x")]
    [Arguments("3,0", 0, "Invalid input shape - Expected: (-1,[1~512]); Actual: (3,0); input name: x")]
    [Arguments("4611686018427387904,4", 0, "Invalid content size of tensor proto - Shape dimensions overflow: (4611686018427387904,4); input name: x")]
    [Arguments("9223372036854775807,1", 0, "Invalid content size of tensor proto - Shape dimensions overflow: (9223372036854775807,1); input name: x")]
    [Arguments("1073741824,512", 0, "Invalid content size of tensor proto - Expected: 2199023255552 bytes; Actual: 0 bytes; input name: x")]
    public async Task DynamicInput_IsChecked(string shape, int byteLength, string text) =>
        await Expect(s_bounded, Requests.Message(Requests.Raw("x", "FP32", Shape(shape), byteLength)), text);

    [Test]
    public async Task EmptyDimension_DoesNotHideOverflow()
    {
        Signature model = Requests.Model(Requests.Port("x", new PartialShape(Dimension.Dynamic, Dimension.Dynamic, Dimension.Dynamic)));
        await Expect(model, Requests.Message(Requests.Raw("x", "FP32", [0, 1L << 40, 1L << 40], 0)), "Invalid content size of tensor proto - Shape dimensions overflow: (0,1099511627776,1099511627776); input name: x");
        await Expect(model, Requests.Message(Requests.Raw("x", "FP32", [0, 1, 5], 0)), "OK");
    }

    [Test]
    public async Task AnyRank_TakesAnyShape()
    {
        Signature model = Requests.Model(Requests.Port("x", PartialShape.DynamicRank));
        await Expect(model, Requests.Message(Requests.Raw("x", "FP32", [2, 3, 4], 96)), "OK");
        await Expect(model, Requests.Message(Requests.Raw("x", "FP32", [], 4)), "OK");
        await Expect(model, Requests.Message(Requests.Raw("x", "FP32", [2, 3], 96)), "Invalid content size of tensor proto - Expected: 24 bytes; Actual: 96 bytes; input name: x");
    }

    [Test]
    public async Task Scalar_IsOneElement()
    {
        Signature model = Requests.Model(Requests.Port("x", PartialShape.Of()));
        await Expect(model, Requests.Message(Requests.Raw("x", "FP32", [], 4)), "OK");
        await Expect(model, Requests.Message(Requests.Raw("x", "FP32", [1], 4)), "Invalid number of shape dimensions - Expected: (); Actual: (1); input name: x");
    }

    [Test]
    [Arguments(10, "OK")]
    [Arguments(9, "Invalid number of values in tensor proto container - Expected: 10 values; Actual: 9 values; input name: b")]
    public async Task Values_AreCounted(int count, string text) =>
        await Expect(s_dummy, Requests.Message(Requests.Values("b", "FP32", [1, 10], count)), text);

    [Test]
    public async Task NoContent_IsNoValues()
    {
        InputTensor input = new() { Name = "b", Datatype = "FP32", Shape = [1, 10] };
        await Expect(s_dummy, Requests.Message(input), "Invalid number of values in tensor proto container - Expected: 10 values; Actual: 0 values; input name: b");
        InputTensor empty = new() { Name = "x", Datatype = "FP32", Shape = [0, 10] };
        await Expect(s_bounded, Requests.Message(empty), "OK");
    }

    [Test]
    [Arguments("", "Invalid number of inputs - Expected: 2; Actual: 0")]
    [Arguments("b", "Invalid number of inputs - Expected: 2; Actual: 1")]
    [Arguments("q", "Invalid number of inputs - Expected: 2; Actual: 1; unexpected input: q")]
    [Arguments("b,c,d", "Invalid number of inputs - Expected: 2; Actual: 3; unexpected input: d")]
    [Arguments("b,c,c", "Invalid number of inputs - Expected: 2; Actual: 3; duplicate input: c")]
    [Arguments("b,d", "Missing input with specific name - Required input: c; unexpected input: d")]
    [Arguments("b,b", "Missing input with specific name - Required input: c; duplicate input: b")]
    [Arguments("b,C", "Missing input with specific name - Required input: c; unexpected input: C")]
    [Arguments("c,b", "OK")]
    public async Task Names_AreChecked(string names, string text) =>
        await Expect(s_two, Requests.Message([.. names.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(static name => Requests.Raw(name, "FP32", [1, 10], 40))]), text);

    [Test]
    public async Task EndlessNames_AreClipped()
    {
        Outcome outcome = RequestValidator.Check(s_dummy, Requests.Message(Requests.Raw(new string('n', 100_000), "FP32", [1, 10], 40)));
        await Assert.That(outcome.Text.Length).IsLessThan(300);
        outcome = RequestValidator.Check(s_dummy, Requests.Message(Requests.Raw("b", new string('n', 100_000), [1, 10], 40)));
        await Assert.That(outcome.Text.Length).IsLessThan(300);
        outcome = RequestValidator.Check(s_dummy, Requests.Message(Requests.Raw("b", "FP32", new long[100_000], 40)));
        await Assert.That(outcome.Text.Length).IsLessThan(300);
    }

    [Test]
    [Arguments(2, false, "OK")]
    [Arguments(0, false, "OK")]
    [Arguments(-1, false, "OK")]
    [Arguments(1, false, "Invalid message structure - Size of raw_input_contents: 1 is different than number of inputs: 2")]
    [Arguments(3, false, "Invalid message structure - Size of raw_input_contents: 3 is different than number of inputs: 2")]
    [Arguments(2, true, "Invalid message structure - Passing buffers both in InferInputTensor contents and in raw_input_contents is not allowed. Detected buffer in InferInputTensor contents for input: c")]
    public async Task RawContents_AreOneForEachInput(int count, bool typedBeside, string text)
    {
        InferMessage message = Requests.Message(Requests.Raw("b", "FP32", [1, 10], 40), Requests.Raw("c", "FP32", [1, 10], 40));
        message.RawContentCount = count;
        message.Inputs[1].HasTypedBesideRaw = typedBeside;
        await Expect(s_two, message, text);
    }

    [Test]
    [Arguments("", "OK")]
    [Arguments("z", "OK")]
    [Arguments("z,a", "OK")]
    [Arguments("z,q", "Invalid requested output - The model has no output q; its outputs: a, z")]
    [Arguments("a,a", "Invalid requested output - Output a is requested twice")]
    [Arguments("a,z,a", "Invalid requested output - Output a is requested twice")]
    [Arguments("a,z,q,q", "Invalid requested output - The model has no output q; its outputs: a, z")]
    public async Task RequestedOutputs_AreChecked(string names, string text)
    {
        InferMessage message = Requests.Message(Requests.Raw("b", "FP32", [1, 10], 40));
        message.Outputs.AddRange(names.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(static name => new RequestedOutput(name)));
        await Expect(s_dummy, message, text);
    }

    [Test]
    [Arguments("03000000616263" + "00000000", 2, "OK")]
    [Arguments("", 0, "OK")]
    [Arguments("03000000616263", 2, "Invalid number of values in tensor proto container - Expected: 2 values; Actual: 1 values; input name: s")]
    [Arguments("", 2, "bytes_contents is empty - Expected: 2 values; Actual: 0 values; input name: s")]
    [Arguments("04000000616263", 1, "Invalid content size of tensor proto - Batch length metadata exceeded buffer size, buffer size: 7, batch length: 4; input name: s")]
    [Arguments("FFFFFFFF", 1, "Invalid content size of tensor proto - Batch length metadata exceeded buffer size, buffer size: 4, batch length: 4294967295; input name: s")]
    [Arguments("03000000616263" + "0000", 1, "Invalid content size of tensor proto - Processed bytes: 7 do not equal to buffer size: 9; input name: s")]
    [Arguments("0000", 1, "Invalid content size of tensor proto - Processed bytes: 0 do not equal to buffer size: 2; input name: s")]
    [Arguments("", 33554433, "String tensor exceeds the maximum size - Expected: at most 33554432 strings; Actual: 33554433; input name: s")]
    public async Task PackedStrings_AreWalked(string hex, int count, string text) =>
        await Expect(s_strings, Requests.Message(Requests.Raw("s", "BYTES", [count], Convert.FromHexString(hex))), text);

    [Test]
    [Arguments(2, 2, "OK")]
    [Arguments(1, 2, "Invalid number of values in tensor proto container - Expected: 2 values; Actual: 1 values; input name: s")]
    [Arguments(0, 2, "bytes_contents is empty - Expected: 2 values; Actual: 0 values; input name: s")]
    public async Task StringValues_AreCounted(int came, int count, string text) =>
        await Expect(s_strings, Requests.Message(Requests.Values("s", "BYTES", [count], came)), text);

    [Test]
    [MethodDataSource(typeof(Registry), nameof(Registry.Servable))]
    public async Task EveryType_NeedsItsBytes(ElementType type)
    {
        TensorMarshaler marshaler = TensorMarshaler.For(type);
        Signature model = Requests.Model(Requests.Port("x", new PartialShape(Dimension.Dynamic), type));
        if (type == ElementType.String)
        {
            // Strings have no size that the shape tells: each brings the four bytes of its length and as many as that says.
            byte[] packed = Requests.Packed("a", "");
            await Expect(model, Requests.Message(Requests.Raw("x", marshaler.Datatype, [2], packed)), "OK");
            await Expect(
                model,
                Requests.Message(Requests.Raw("x", marshaler.Datatype, [2], packed[..^1])),
                RequestFault.StringBytesLeft(Requests.Raw("x", "BYTES", [2], []), 5, packed.Length - 1).Text);
            await Expect(
                model,
                Requests.Message(Requests.Raw("x", marshaler.Datatype, [2], packed[..4])),
                RequestFault.StringTooLong(Requests.Raw("x", "BYTES", [2], []), 4, 1).Text);
            await Expect(
                model,
                Requests.Message(Requests.Raw("x", marshaler.Datatype, [3], packed)),
                RequestFault.ValueCount(Requests.Raw("x", "BYTES", [3], []), 3, 2).Text);
            return;
        }

        int needed;
        using (Tensor tensor = Tensor.Allocate(type, [13]))
        {
            needed = (int)tensor.ByteSize;
        }

        await Expect(model, Requests.Message(Requests.Raw("x", marshaler.Datatype, [13], needed)), "OK");
        await Expect(
            model,
            Requests.Message(Requests.Raw("x", marshaler.Datatype, [13], needed - 1)),
            $"Invalid content size of tensor proto - Expected: {needed} bytes; Actual: {needed - 1} bytes; input name: x");
        string other = type == ElementType.F32 ? "FP64" : "FP32";
        await Expect(
            model,
            Requests.Message(Requests.Raw("x", other, [13], needed)),
            $"Invalid input precision - Expected: {marshaler.Precision}; Actual: {other}; input name: x");
    }

    [Test]
    public async Task FittingRequest_AllocatesNothing()
    {
        InferMessage message = Requests.Message(Requests.Raw("c", "FP32", [1, 10], 40), Requests.Raw("b", "FP32", [1, 10], 40));
        message.Outputs.Add(new RequestedOutput("a"));
        message.RawContentCount = 2;
        InferMessage strings = Requests.Message(Requests.Raw("s", "BYTES", [2], Requests.Packed("one", "two")));
        await Assert.That(AllocatedBy(s_two, message)).IsEqualTo(0);
        await Assert.That(AllocatedBy(s_strings, strings)).IsEqualTo(0);
    }

    [Test]
    public async Task AnyMessage_GetsAnAnswer()
    {
        Random random = new(54);
        string[] names = ["b", "c", "", "x"];
        string[] datatypes = ["FP32", "FP32", "FP32", "BYTES", "I4", "", "UNDEFINED"];
        long[] dimensions = [0, 1, 1, 1, 10, 10, 10, -1, long.MaxValue, long.MinValue, 1L << 32];
        int fitting = 0;
        for (int i = 0; i < 20_000; i++)
        {
            InferMessage message = Requests.Message([.. Enumerable.Range(0, random.Next(4)).Select(_ => new InputTensor
            {
                Name = names[random.Next(names.Length)],
                Datatype = datatypes[random.Next(datatypes.Length)],
                Shape = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => dimensions[random.Next(dimensions.Length)])],
                Source = (ContentSource)random.Next(2),
            })]);
            message.RawContentCount = random.Next(-1, 4);
            fitting += RequestValidator.Check(s_bounded, message).IsOk ? 1 : 0;
            fitting += RequestValidator.Check(s_two, message).IsOk ? 1 : 0;
            fitting += RequestValidator.Check(s_strings, message).IsOk ? 1 : 0;
        }

        // Only an empty batch fits without content.
        await Assert.That(fitting).IsGreaterThan(0);
        await Assert.That(fitting).IsLessThan(1000);
    }

    private static long AllocatedBy(Signature model, InferMessage message)
    {
        bool fits = true;
        long allocated = Allocation.Of(() => fits &= RequestValidator.Check(model, message).IsOk);
        return fits ? allocated : -1;
    }

    private static async Task Expect(Signature model, InferMessage message, string text)
    {
        await Assert.That(RequestValidator.Check(model, message).Text).IsEqualTo(text);
        message.Dispose();
    }

    private static long[] Shape(string text) => [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse)];
}
