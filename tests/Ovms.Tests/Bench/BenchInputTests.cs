using System.Text.Json;
using Ovms.Bench;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Native;
using Ovms.Serving.Signatures;

namespace Ovms.Tests.Bench;

public sealed class BenchInputTests
{
    [Test]
    public async Task DynamicDimensions_GetTheirLeastSize_ButAtLeastOne()
    {
        long[] shape = BenchInput.ShapeOf(new PartialShape(Dimension.Dynamic, Dimension.Of(3), Dimension.Range(16, 512), Dimension.Range(0, 4)));
        await Assert.That(shape).IsEquivalentTo(new long[] { 1, 3, 16, 1 });
    }

    [Test]
    public async Task GrpcMessage_HasEveryInputRaw()
    {
        using BenchInput input = new(Model());
        ModelInferRequest request = ModelInferRequest.Parser.ParseFrom(input.GrpcMessage("m"));
        await Assert.That(request.ModelName).IsEqualTo("m");
        await Assert.That(request.Inputs.Select(static tensor => $"{tensor.Name} {tensor.Datatype}")).IsEquivalentTo(["x FP32", "s BYTES"]);
        await Assert.That(request.RawInputContents[0].Length).IsEqualTo(2 * 3 * 4);
        await Assert.That(request.RawInputContents[1].ToByteArray()).IsEquivalentTo(new byte[] { 1, 0, 0, 0, (byte)'a', 1, 0, 0, 0, (byte)'a' });
    }

    [Test]
    public async Task RestBinary_HasTheBytesInTheOrderOfTheJson()
    {
        using BenchInput input = new(Model());
        (byte[] body, int jsonLength) = input.RestBinary();
        using JsonDocument json = JsonDocument.Parse(body.AsMemory(0, jsonLength));
        int[] sizes = [.. json.RootElement.GetProperty("inputs").EnumerateArray().Select(static tensor => tensor.GetProperty("parameters").GetProperty("binary_data_size").GetInt32())];
        await Assert.That(sizes).IsEquivalentTo(new[] { 24, 10 });
        await Assert.That(body.Length).IsEqualTo(jsonLength + sizes.Sum());
    }

    [Test]
    public async Task RestJson_HasTheSameValues()
    {
        using BenchInput input = new(Model());
        using JsonDocument json = JsonDocument.Parse(input.RestJson()!);
        JsonElement inputs = json.RootElement.GetProperty("inputs");
        await Assert.That(inputs[0].GetProperty("data").GetArrayLength()).IsEqualTo(6);
        await Assert.That(inputs[0].GetProperty("data")[1].GetSingle()).IsEqualTo(1 / 16f);
        await Assert.That(inputs[1].GetProperty("data")[1].GetString()).IsEqualTo("a");
    }

    [Test]
    public async Task TypeWithoutJson_HasNoJsonForm()
    {
        using BenchInput input = new(new Signature([new TensorInfo(0, "x", ElementType.U4, PartialShape.Of(1, 8), "N...")], []));
        await Assert.That(input.RestJson()).IsNull();
    }

    private static Signature Model() => new(
        [
            new TensorInfo(0, "x", ElementType.F32, new PartialShape(Dimension.Of(2), Dimension.Of(3)), "N..."),
            new TensorInfo(1, "s", ElementType.String, new PartialShape(Dimension.Range(2, 9)), "N..."),
        ],
        []);
}
