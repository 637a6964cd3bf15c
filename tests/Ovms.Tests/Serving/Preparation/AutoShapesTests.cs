using Ovms.Native;
using Ovms.Options;
using Ovms.Serving.Preparation;
using Ovms.Serving.Signatures;
using Ovms.Status;

namespace Ovms.Tests.Serving.Preparation;

/// <summary>--shape auto and --batch_size auto on real models: what is left to calls, and what each asks of the model.</summary>
public sealed class AutoShapesTests
{
    [Test]
    [Arguments("dummy", "auto", "", "0")]
    [Arguments("dummy", "", "auto", "-1")]
    [Arguments("dummy", "", """{"b":" Auto "}""", "-1")]
    [Arguments("summator", "", "auto", "-1 -1")]
    [Arguments("summator", "", """{"b":"auto","c":"(1,10)"}""", "-1 -2")]
    [Arguments("summator", "4", """{"c":"auto"}""", "-2 -1")]
    public async Task Axes_AreThoseThatCallsDecide(string name, string batchSize, string shape, string axes)
    {
        using PreparedModel prepared = Prepared.Prepare(name, new ModelOptions { BatchSize = batchSize, Shape = shape }).Value!;
        await Assert.That(string.Join(' ', prepared.Auto!.Axes)).IsEqualTo(axes);
    }

    [Test]
    [Arguments("auto", "", nameof(StatusCode.ModelWithScalarAutoUnsupported))]
    [Arguments("", "auto", nameof(StatusCode.ModelWithScalarAutoUnsupported))]
    [Arguments("", """{"x":"auto"}""", nameof(StatusCode.ConfigShapeIsNotInModel))]
    public async Task Scalars_AndUnknownNames_AreRefused(string batchSize, string shape, string code) =>
        await Assert.That(Prepared.Prepare("scalar", new ModelOptions { BatchSize = batchSize, Shape = shape }).Code.ToString()).IsEqualTo(code);

    [Test]
    public async Task BatchWithoutN_IsRefused() =>
        await Assert.That(Prepared.Prepare("dummy", new ModelOptions { BatchSize = "auto", Layout = "CH" }).Text)
            .IsEqualTo("Model could not be reshaped with requested shape - Batch size auto has no place: no input has N in its layout. Inputs: b (1,10) CH");

    [Test]
    [Arguments("auto", "", "", "([1~],10)")]
    [Arguments("", "auto", "", "([1~],[1~])")]
    [Arguments("", """{"c":"(1,10)","b":"auto"}""", "", "([1~],[1~])")]
    public async Task Accepted_IsAnySizeWhereCallsDecide(string batchSize, string shape, string layout, string accepted)
    {
        using PreparedModel prepared = Prepared.Prepare("summator", new ModelOptions { BatchSize = batchSize, Shape = shape, Layout = layout }).Value!;
        await Assert.That(Accepted(prepared).FindInput("b")!.Shape.ToString()).IsEqualTo(accepted);
        await Assert.That(Accepted(prepared).FindInput("c")!.Shape.ToString()).IsEqualTo(shape.StartsWith('{') ? "(1,10)" : accepted);
    }

    [Test]
    public async Task Accepted_TakesWhatTheModelTakesAlready()
    {
        using PreparedModel prepared = Prepared.Prepare("dynamic", new ModelOptions { Shape = "auto" }).Value!;
        await Assert.That(Accepted(prepared).Inputs[0].Shape.ToString()).IsEqualTo("(-1,[1~])");
    }

    [Test]
    public async Task Images_KeepTheModelsChannels()
    {
        using PreparedModel prepared = Prepared.Prepare("increment_1x3x4x5", new ModelOptions { Shape = "auto", Layout = "NHWC:NCHW" }).Value!;
        await Assert.That(Accepted(prepared).Inputs[0].Shape.ToString()).IsEqualTo("([1~],[1~],[1~],[1~])");
        await Assert.That(Accepted(prepared).Inputs[0].ImageShape.ToString()).IsEqualTo("([1~],[1~],[1~],3)");
    }

    [Test]
    public async Task KeyOfABatch_IsItsSizeAlone_AndShapesFollowIt()
    {
        using PreparedModel prepared = Prepared.Prepare("increment_1x3x4x5", new ModelOptions { BatchSize = "auto", Layout = "CNHW" }).Value!;
        long[][] key = prepared.Auto!.KeyOf([[1, 7, 4, 5]]);
        await Assert.That(string.Join(' ', key[0])).IsEqualTo("7");
        prepared.Model.Reshape(prepared.Auto.ShapesFor(prepared.Model.Inputs, key));
        await Assert.That(prepared.Model.Outputs[0].Shape.ToString()).IsEqualTo("(1,7,4,5)");
    }

    [Test]
    public async Task KeyOfShapes_LeavesOutWhatCallsDoNotDecide()
    {
        using PreparedModel prepared = Prepared.Prepare("all_types", new ModelOptions { Shape = """{"in_f32":"auto"}""" }).Value!;
        IReadOnlyList<PortInfo> inputs = prepared.Model.Inputs;
        long[][] key = prepared.Auto!.KeyOf([.. inputs.Select(static input => new long[] { 5, 4 })]);
        await Assert.That(string.Join(' ', inputs.Where(input => key[input.Index].Length > 0).Select(static input => input.Name))).IsEqualTo("in_f32");
        IReadOnlyList<KeyValuePair<int, PartialShape>> shapes = prepared.Auto.ShapesFor(inputs, key);
        await Assert.That(shapes.Single().Value.ToString()).IsEqualTo("(5,4)");
    }

    [Test]
    public async Task WhereFixedShapesAreNeeded_OpenPlacesBeginWithTheLeast()
    {
        using PreparedModel prepared = Prepared.Prepare("dynamic", new ModelOptions { Shape = "auto" }).Value!;
        await Assert.That(prepared.Auto!.LeastShapes(prepared.Model.Inputs).Single().Value.ToString()).IsEqualTo("(1,1)");
        using PreparedModel batch = Prepared.Prepare("dynamic", new ModelOptions { BatchSize = "auto" }).Value!;
        await Assert.That(batch.Auto!.LeastShapes(batch.Model.Inputs).Single().Value.ToString()).IsEqualTo("(1,[1~512])");
    }

    [Test]
    public async Task NothingIsLeftToCalls_WhereNothingIsAuto()
    {
        using PreparedModel prepared = Prepared.Prepare("dummy", new ModelOptions { Shape = "(2,10)" }).Value!;
        await Assert.That(prepared.Auto).IsNull();
    }

    private static Signature Accepted(PreparedModel prepared) =>
        prepared.Auto!.Accept(SignatureReader.Read(prepared.Model.Inputs, prepared.Model.Outputs, prepared.InputLayouts, prepared.OutputLayouts, prepared.Names).Value!);
}
