using Ovms.Native;
using Ovms.Options;
using Ovms.Serving.Preparation;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Serving.Preparation;

/// <summary>--shape and --batch_size on real models, and what these then compute.</summary>
public class ReshapingTests
{
    [Test]
    [Arguments("dummy", "4", "(4,10)")]
    [Arguments("dummy", "-1", "(-1,10)")]
    [Arguments("dummy", "1:16", "([1~16],10)")]
    [Arguments("dummy", "0", "(1,10)")]
    [Arguments("summator", "8", "(8,10)")]
    [Arguments("dynamic", "3", "(3,[1~512])")]
    public async Task BatchSize_StandsAtTheFirstPlaceOfAllInputs(string name, string batchSize, string shape)
    {
        using PreparedModel prepared = Prepared.Prepare(name, new ModelOptions { BatchSize = batchSize }).Value!;

        await Assert.That(string.Join(' ', prepared.Model.Inputs.Select(static input => input.Shape).Distinct())).IsEqualTo(shape);
        await Assert.That(prepared.Model.Outputs[0].Shape.ToString()).IsEqualTo(shape);
    }

    [Test]
    [Arguments("4", 4)]
    [Arguments("-1", 3)]
    [Arguments("1:16", 16)]
    public async Task BatchSize_IsComputedWith(string batchSize, int rows)
    {
        using PreparedModel prepared = Prepared.Prepare("dummy", new ModelOptions { BatchSize = batchSize }).Value!;
        using CompiledModel compiled = Engine.Compile(prepared.Model);
        float[] values = [.. Enumerable.Range(0, rows * 10).Select(static value => (float)value)];

        (long[] shape, float[] computed) = Engine.Infer<float, float>(compiled, [rows, 10], values);

        await Assert.That(string.Join(' ', shape)).IsEqualTo($"{rows} 10");
        await Assert.That(computed.SequenceEqual(values.Select(static value => value + 1))).IsTrue();
    }

    [Test]
    public async Task BatchSize_StandsWhereTheLayoutHasN()
    {
        using PreparedModel prepared = Prepared.Prepare("increment_1x3x4x5", new ModelOptions { BatchSize = "7", Layout = "CNHW" }).Value!;

        await Assert.That(Prepared.Describe(prepared)).IsEqualTo("input FP (1,7,4,5) CNHW -> output (1,7,4,5) N...");
    }

    [Test]
    [Arguments("scalar", "", "Batch size 4 has no place: no input has N in its layout. Inputs: model_scalar_input () ...")]
    [Arguments("dummy", "CH", "Batch size 4 has no place: no input has N in its layout. Inputs: b (1,10) CH")]
    public async Task BatchSize_WithoutN_IsRefused(string name, string layout, string why)
    {
        Outcome<PreparedModel> prepared = Prepared.Prepare(name, new ModelOptions { BatchSize = "4", Layout = layout });

        await Assert.That(prepared.Text).IsEqualTo($"Model could not be reshaped with requested shape - {why}");
    }

    [Test]
    [Arguments("dynamic", "(2,512)", 2, 512)]
    [Arguments("dynamic", "(-1,1:512)", 5, 1)]
    [Arguments("dynamic", "(1:3,7)", 3, 7)]
    public async Task Shape_IsComputedWith(string name, string shape, int rows, int columns)
    {
        using PreparedModel prepared = Prepared.Prepare(name, new ModelOptions { Shape = shape }).Value!;
        using CompiledModel compiled = Engine.Compile(prepared.Model);
        float[] values = [.. Enumerable.Range(1, rows * columns).Select(static value => value / 4f)];

        (long[] given, float[] computed) = Engine.Infer<float, float>(compiled, [rows, columns], values);

        await Assert.That(string.Join(' ', given)).IsEqualTo($"{rows} {columns}");
        await Assert.That(computed.SequenceEqual(values.Select(static value => value * 2))).IsTrue();
    }

    [Test]
    public async Task Shapes_ByName_LeaveOtherInputsAlone()
    {
        using PreparedModel prepared = Prepared.Prepare("all_types", new ModelOptions { Shape = """{"in_f32":"(2,8)","in_u8":"(1:3,4)"}""" }).Value!;

        Dictionary<string, string> shapes = prepared.Model.Inputs.ToDictionary(static input => input.Name!, static input => input.Shape.ToString());
        await Assert.That(shapes["in_f32"]).IsEqualTo("(2,8)");
        await Assert.That(shapes["in_u8"]).IsEqualTo("([1~3],4)");
        await Assert.That(shapes["in_i64"]).IsEqualTo("(-1,4)");
    }

    [Test]
    [Arguments("summator", "(1,10)", nameof(StatusCode.AnonymousFixedShapeNotAllowed), """name the one that is meant, as in {"name":"(1,10)"}. Inputs: b, c""")]
    [Arguments("dummy", """{"x":"(1,10)"}""", nameof(StatusCode.ConfigShapeIsNotInModel), "Given: x; Inputs: b")]
    [Arguments("summator", """{"b":"(3,7)"}""", nameof(StatusCode.ReshapeError), "b from (1,10) to (3,7): ")]
    [Arguments("dummy", "()", nameof(StatusCode.LayoutIncompatibleWithShape), "Port: b; Layout: N...; Requested shape: ()")]
    public async Task Shape_ThatDoesNotFit_IsRefused(string name, string shape, string code, string why)
    {
        Outcome<PreparedModel> prepared = Prepared.Prepare(name, new ModelOptions { Shape = shape });

        await Assert.That(prepared.Code.ToString()).IsEqualTo(code);
        await Assert.That(prepared.Text).Contains(why);
        await Assert.That(prepared.Text.Contains('\n')).IsFalse();
    }

    [Test]
    public async Task Shape_IsThatOfTheLayoutServed()
    {
        using PreparedModel prepared = Prepared.Prepare("increment_1x3x4x5", new ModelOptions { Layout = "NHWC:NCHW", Shape = "(-1,8,9,3)" }).Value!;

        await Assert.That(Prepared.Describe(prepared)).IsEqualTo("input FP (-1,8,9,3) NHWC -> output (-1,3,8,9) N...");
    }
}
