using Ovms.Frontends.Rest;
using Ovms.Inference.Messages;
using Ovms.Native;
using Ovms.Status;
using TUnit.Assertions.Enums;

namespace Ovms.Tests.Frontends.Rest.KServe;

internal sealed class RawRequestTests
{
    [Test]
    public async Task StaticInput_TakesTheBody()
    {
        Outcome<InferDocument> read = await InferBodies.ReadAsync(new byte[40], "0");
        using InferDocument document = read.Value!;
        InputTensor input = document.Message.Inputs[0];
        await Assert.That(input.Name).IsEqualTo("b");
        await Assert.That(input.Datatype).IsEqualTo("FP32");
        await Assert.That(input.Shape).IsEquivalentTo(new long[] { 1, 10 }, CollectionOrdering.Matching);
        await Assert.That(input.Content!.Length).IsEqualTo(40);
        await Assert.That(input.Source).IsEqualTo(ContentSource.Raw);
        await Assert.That(document.BinaryOutputs).IsTrue();
    }

    [Test]
    public async Task WrongSizeForStaticInput_IsLeftToTheValidator()
    {
        Outcome<InferDocument> read = await InferBodies.ReadAsync(new byte[39], "0");
        using InferDocument document = read.Value!;
        await Assert.That(document.Message.Inputs[0].Content!.Length).IsEqualTo(39);
        await Assert.That(document.Message.Inputs[0].Shape).IsEquivalentTo(new long[] { 1, 10 }, CollectionOrdering.Matching);
    }

    [Test]
    public async Task OneDynamicDimension_IsWorkedOut()
    {
        PartialShape shape = new(Dimension.Of(2), Dimension.Dynamic, Dimension.Of(3));
        Outcome<InferDocument> read = await InferBodies.ReadAsync(new byte[2 * 5 * 3 * 4], "0", signature: InferBodies.Signature(ElementType.F32, shape));
        using InferDocument document = read.Value!;
        await Assert.That(document.Message.Inputs[0].Shape).IsEquivalentTo(new long[] { 2, 5, 3 }, CollectionOrdering.Matching);
    }

    [Test]
    public async Task BytesThatDoNotDivide_AreRefused()
    {
        PartialShape shape = new(Dimension.Range(1, 8), Dimension.Of(3));
        Outcome<InferDocument> read = await InferBodies.ReadAsync(new byte[13], "0", signature: InferBodies.Signature(ElementType.F32, shape));
        await Assert.That(read.Code).IsEqualTo(StatusCode.InvalidContentSize);
        await Assert.That(read.Text).Contains("a multiple of 12 bytes").And.Contains("Actual: 13 bytes");
    }

    [Test]
    public async Task TwoDynamicDimensions_AreRefused()
    {
        PartialShape shape = new(Dimension.Dynamic, Dimension.Dynamic);
        Outcome<InferDocument> read = await InferBodies.ReadAsync(new byte[16], "0", signature: InferBodies.Signature(ElementType.F32, shape));
        await Assert.That(read.Code).IsEqualTo(StatusCode.InvalidShape);
        await Assert.That(read.Text).Contains("(-1,-1)");
    }

    [Test]
    public async Task UnknownRank_IsRefused()
    {
        Outcome<InferDocument> read = await InferBodies.ReadAsync(new byte[16], "0", signature: InferBodies.Signature(ElementType.F32, PartialShape.DynamicRank));
        await Assert.That(read.Code).IsEqualTo(StatusCode.InvalidShape);
    }

    [Test]
    public async Task SeveralInputs_AreRefused()
    {
        Outcome<InferDocument> read = await InferBodies.ReadAsync(new byte[16], "0", signature: InferBodies.Signature(ElementType.F32, PartialShape.Of(4), PartialShape.Of(4)));
        await Assert.That(read.Code).IsEqualTo(StatusCode.InvalidNoOfInputs);
        await Assert.That(read.Text).Contains("Actual: 2 inputs");
    }

    [Test]
    public async Task StringInput_TakesTheBodyAsOneElement()
    {
        PartialShape shape = new(Dimension.Dynamic);
        Outcome<InferDocument> read = await InferBodies.ReadAsync([0xFF, 0, 7], "0", signature: InferBodies.Signature(ElementType.String, shape));
        using InferDocument document = read.Value!;
        await Assert.That(document.Message.Inputs[0].Datatype).IsEqualTo("BYTES");
        await Assert.That(document.Message.Inputs[0].Shape).IsEquivalentTo(new long[] { 1 }, CollectionOrdering.Matching);
        await Assert.That(document.Message.Inputs[0].Content!.Bytes.ToArray()).IsEquivalentTo(new byte[] { 3, 0, 0, 0, 0xFF, 0, 7 }, CollectionOrdering.Matching);
    }
}
