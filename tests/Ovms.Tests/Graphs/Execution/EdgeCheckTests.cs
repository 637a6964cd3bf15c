using Ovms.Graphs.Definitions;
using Ovms.Graphs.Execution;
using Ovms.Inference.Messages;
using Ovms.Status;
using Ovms.Tests.Inference;

namespace Ovms.Tests.Graphs.Execution;

/// <summary>What may enter a graph. A graph may return a tensor that no model has checked, so that its edge checks content too.</summary>
public sealed class EdgeCheckTests
{
    private static readonly GraphDefinition s_graph = GraphPlans.Read(
        "g",
        """
        input_stream: "OVTENSOR:in"
        output_stream: "OVTENSOR:out"
        node { calculator: "PassThroughCalculator" input_stream: "in" output_stream: "out" }
        """,
        out _).Value!;

    [Test]
    [Arguments("FP32", new[] { 1L, 1_000_000 }, 4)]
    [Arguments("FP32", new[] { 1L, 1 }, 40)]
    [Arguments("FP32", new[] { 10L }, 0)]
    [Arguments("BF16", new[] { 2L }, 3)]
    public async Task ContentOfAnotherSizeThanTheShape_IsRefused(string datatype, long[] shape, int bytes)
    {
        Outcome refused = Check(Requests.Raw("in", datatype, shape, bytes));
        await Assert.That(refused.Code).IsEqualTo(StatusCode.InvalidContentSize);
        await Assert.That(refused.Text).Contains("input name: in");
    }

    [Test]
    public async Task NoContent_IsRefused()
    {
        InputTensor input = new() { Name = "in", Datatype = "FP32", Shape = [1, 10], Source = ContentSource.Values };
        await Assert.That(Check(input).Code).IsEqualTo(StatusCode.InvalidValueCount);
    }

    [Test]
    [Arguments(new[] { 1L << 40, 1L << 40 })]
    [Arguments(new[] { long.MaxValue })]
    [Arguments(new[] { 1L << 32, 1L << 32 })]
    public async Task ShapesThatOverflow_AreRefused(long[] shape) =>
        await Assert.That(Check(Requests.Raw("in", "FP32", shape, 4)).Text).Contains("overflow").Or.Contains("Expected:");

    [Test]
    [Arguments("FOO")]
    [Arguments("")]
    [Arguments("fp32")]
    public async Task UnknownDatatypes_AreRefused(string datatype)
    {
        Outcome refused = Check(Requests.Raw("in", datatype, [4], 4));
        await Assert.That(refused.Code).IsEqualTo(StatusCode.InvalidPrecision);
        await Assert.That(refused.Text).Contains($"no datatype {datatype} exists");
    }

    [Test]
    public async Task TextsThatDoNotFitTheirLengths_AreRefused()
    {
        byte[] whole = Requests.Packed("abc");
        await Assert.That(Check(Requests.Raw("in", "BYTES", [1], whole)).IsOk).IsTrue();
        await Assert.That(Check(Requests.Raw("in", "BYTES", [100_000], whole)).Code).IsEqualTo(StatusCode.InvalidValueCount);
        await Assert.That(Check(Requests.Raw("in", "BYTES", [1], whole[..^1])).Code).IsEqualTo(StatusCode.InvalidContentSize);
        await Assert.That(Check(Requests.Raw("in", "BYTES", [1L << 16, 1L << 16], whole)).IsOk).IsFalse();
    }

    [Test]
    public async Task WholeRequest_MayHaveAnyInputs_ButNotTooManyOrOneTwice()
    {
        GraphDefinition whole = GraphPlans.Read(
            "g",
            """
            input_stream: "REQUEST:in"
            output_stream: "RESPONSE:out"
            node { calculator: "PassThroughCalculator" input_stream: "in" output_stream: "out" }
            """,
            out _).Value!;
        await Assert.That(CheckMany(1024).Text).IsEqualTo("OK");
        await Assert.That(CheckMany(0).Text).Contains("Expected: 1 to 1024");
        await Assert.That(CheckMany(1025).Text).Contains("Actual: 1025");
        using InferMessage twice = Requests.Message(Requests.Raw("a", "FP32", [1], 4), Requests.Raw("a", "FP32", [1], 4));
        await Assert.That(EdgeCheck.Check(whole, twice).Code).IsEqualTo(StatusCode.DuplicateInput);
        using InferMessage asked = Requests.Message(Requests.Raw("a", "FP32", [1], 4));
        asked.Outputs.Add(new RequestedOutput("out"));
        await Assert.That(EdgeCheck.Check(whole, asked).Text).Contains("Requested: out; Outputs: a");

        Outcome CheckMany(int count)
        {
            using InferMessage message = Requests.Message([.. Enumerable.Range(0, count).Select(static i => Requests.Raw($"i{i}", "FP32", [1], 4))]);
            return EdgeCheck.Check(whole, message);
        }
    }

    private static Outcome Check(InputTensor input)
    {
        using InferMessage message = Requests.Message(input);
        return EdgeCheck.Check(s_graph, message);
    }
}
