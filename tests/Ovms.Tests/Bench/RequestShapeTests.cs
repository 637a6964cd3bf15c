using System.Collections.Immutable;
using System.Text.Json;
using Ovms.Bench;
using Ovms.Native;
using Ovms.Serving.Preparation;
using Ovms.Serving.Signatures;
using Ovms.Status;

namespace Ovms.Tests.Bench;

/// <summary>A request from the metadata of a running server.</summary>
public sealed class RequestShapeTests
{
    private static readonly ImmutableArray<RunningInput> s_image = [new RunningInput("x", "FP32", [-1, 3, -1, 224])];

    [Test]
    [Arguments("", null, "1 3 1 224")]
    [Arguments("(2,3,300,224)", null, "2 3 300 224")]
    [Arguments("""{"x":"(2,3,16:32,224)"}""", null, "2 3 16 224")]
    [Arguments("", 8L, "8 3 1 224")]
    public async Task OpenDimensions_AreThoseAskedFor_OrOne(string shape, long? batch, string expected)
    {
        BatchSizeSetting size = batch is { } count ? new BatchSizeSetting(Dimension.Of(count)) : BatchSizeSetting.None;
        Signature made = RequestShape.Of(s_image, shape, size).Value!;
        await Assert.That(string.Join(' ', BenchInput.ShapeOf(made.Inputs[0].Shape))).IsEqualTo(expected);
    }

    [Test]
    [Arguments("(1,4,224,224)", "does not fit")]
    [Arguments("(1,3,224)", "does not fit")]
    [Arguments("""{"y":"(1,3,224,224)"}""", "Inputs: x")]
    [Arguments("1,3", "parentheses")]
    [Arguments("(100000,3,100000,224)", "smaller --shape")]
    public async Task ShapeThatTheServerDoesNotTake_IsRefused(string shape, string reason) =>
        await Assert.That(RequestShape.Of(s_image, shape, BatchSizeSetting.None).Text).Contains(reason);

    [Test]
    public async Task InputsThatAreTooLargeTogether_AreRefused()
    {
        RunningInput half = new("x", "UINT8", [1 << 26]);
        ImmutableArray<RunningInput> two = [half, half with { Name = "y" }];
        await Assert.That(RequestShape.Of(two, "", BatchSizeSetting.None).IsOk).IsTrue();
        await Assert.That(RequestShape.Of([.. two, new RunningInput("z", "UINT8", [1])], "", BatchSizeSetting.None).Text)
            .Contains("up to z, take more than 1024 MiB");
    }

    [Test]
    public async Task MetadataThatNamesNoUsableInput_IsRefused()
    {
        await Assert.That(RequestShape.Of([], "", BatchSizeSetting.None).IsOk).IsFalse();
        await Assert.That(RequestShape.Of([.. s_image, .. s_image], "", BatchSizeSetting.None).IsOk).IsFalse();
        await Assert.That(RequestShape.Of([new RunningInput("x", "TENSOR", [1])], "", BatchSizeSetting.None).Text).Contains("TENSOR");
        await Assert.That(RequestShape.Of([.. s_image, new RunningInput("y", "FP32", [1])], "(1,3,1,224)", BatchSizeSetting.None).Code)
            .IsEqualTo(StatusCode.AnonymousFixedShapeNotAllowed);
    }

    [Test]
    public async Task OtherModelBeside_IsFound()
    {
        Signature same = RequestShape.Of(s_image, "", BatchSizeSetting.None).Value!;
        Signature other = RequestShape.Of([new RunningInput("x", "FP16", [1, 3, 1, 224])], "", BatchSizeSetting.None).Value!;
        await Assert.That(RequestShape.Compare(s_image, same).IsOk).IsTrue();
        await Assert.That(RequestShape.Compare(s_image, other).Text).Contains("x FP16");
    }

    [Test]
    [Arguments("""{"inputs":[{"name":"x","datatype":"FP32","shape":[-1,3]}]}""", "x FP32 -1 3")]
    [Arguments("""{"name":"m","inputs":[{"name":"x","datatype":"BYTES","shape":["-1"]}],"outputs":[]}""", "x BYTES -1")]
    [Arguments("""{"inputs":[{"name":"x","datatype":"FP32"}]}""", null)]
    [Arguments("""{"inputs":[{"name":"x","datatype":"FP32","shape":[1.5]}]}""", null)]
    [Arguments("""{"inputs":{}}""", null)]
    [Arguments("[]", null)]
    public async Task RestMetadata_IsRead(string text, string? expected)
    {
        using JsonDocument json = JsonDocument.Parse(text);
        RunningInput? input = RunningModel.OfJson(json.RootElement, hasBinary: false)?.Inputs[0];
        await Assert.That(input is null ? null : $"{input.Name} {input.Datatype} {string.Join(' ', input.Shape)}").IsEqualTo(expected);
    }
}
