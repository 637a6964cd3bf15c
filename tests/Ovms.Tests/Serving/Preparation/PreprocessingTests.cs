using Ovms.Native;
using Ovms.Options;
using Ovms.Serving.Preparation;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Serving.Preparation;

/// <summary>--layout, --mean, --scale, --color_format and --precision on real models, and what these then compute.</summary>
public class PreprocessingTests
{
    [Test]
    public async Task LayoutPair_TransposesWhatComesIn()
    {
        using PreparedModel prepared = Prepared.Prepare("increment_1x3x4x5", new ModelOptions { Layout = "NHWC:NCHW" }).Value!;
        using CompiledModel compiled = Engine.Compile(prepared.Model);

        (_, float[] computed) = Engine.Infer<float, float>(compiled, [1, 4, 5, 3], Ramp(60));

        // Element (c, h, w) of the result is one more than element (h, w, c) of what was sent.
        float[] expected = [.. from c in Enumerable.Range(0, 3) from h in Enumerable.Range(0, 4) from w in Enumerable.Range(0, 5) select (((h * 5) + w) * 3) + c + 1f];
        await Assert.That(Prepared.Describe(prepared)).IsEqualTo("input FP (1,4,5,3) NHWC -> output (1,3,4,5) N...");
        await Assert.That(computed.SequenceEqual(expected)).IsTrue();
    }

    [Test]
    public async Task Layouts_ByName_ReachInputsAndOutputs()
    {
        using PreparedModel prepared = Prepared.Prepare("increment_1x3x4x5", new ModelOptions { Layout = """{"input":"N...","output":"nchw"}""" }).Value!;

        await Assert.That(Prepared.Describe(prepared)).IsEqualTo("input FP (1,3,4,5) N... -> output (1,3,4,5) NCHW");
    }

    [Test]
    public async Task LayoutOfAPassedThroughPort_IsOfBothSides()
    {
        using PreparedModel prepared = Prepared.Prepare("passthrough_string", new ModelOptions { Layout = """{"my_name":"N"}""" }).Value!;

        await Assert.That(Prepared.Describe(prepared)).IsEqualTo("my_name String (-1) N -> my_name (-1) N");
    }

    [Test]
    [Arguments("summator", "NC", nameof(StatusCode.AnonymousFixedLayoutNotAllowed), """as in {"name":"NC"}. Inputs: b, c""")]
    [Arguments("dummy", """{"x":"NC"}""", nameof(StatusCode.ConfigLayoutIsNotInModel), "Given: x; Inputs: b; Outputs: a")]
    [Arguments("dummy", "NHWC:NCHW", nameof(StatusCode.LayoutIncompatibleWithShape), "Port: b; Layout: NCHW; Shape of the model: (1,10)")]
    [Arguments("scalar", "N...", nameof(StatusCode.LayoutIncompatibleWithShape), "Shape of the model: ()")]
    [Arguments("dummy", """{"a":"CN:NC"}""", nameof(StatusCode.ModelConfigInvalid), "Output a cannot be transposed (CN:NC)")]
    public async Task Layout_ThatDoesNotFit_IsRefused(string name, string layout, string code, string why)
    {
        Outcome<PreparedModel> prepared = Prepared.Prepare(name, new ModelOptions { Layout = layout });

        await Assert.That(prepared.Code.ToString()).IsEqualTo(code);
        await Assert.That(prepared.Text).Contains(why);
    }

    [Test]
    [Arguments("10", "4", "")]
    [Arguments("", "0.5", "")]
    [Arguments("[1,2,3]", "", "")]
    [Arguments("(1,2,3)", "[2,4,8]", "FP32:UINT8")]
    [Arguments("100", "", "FP16:UINT8")]
    public async Task MeanAndScale_ArePerChannelAndInThisOrder(string mean, string scale, string precision)
    {
        ModelOptions options = new() { Layout = "NHWC:NCHW", Mean = mean, Scale = scale, Precision = precision };
        using PreparedModel prepared = Prepared.Prepare("increment_1x3x4x5", options).Value!;
        using CompiledModel compiled = Engine.Compile(prepared.Model);

        bool bytes = precision.Length > 0;
        float[] computed = bytes
            ? Engine.Infer<byte, float>(compiled, [1, 4, 5, 3], [.. Enumerable.Range(0, 60).Select(static value => (byte)value)]).Values
            : Engine.Infer<float, float>(compiled, [1, 4, 5, 3], Ramp(60)).Values;

        float[] means = PerChannel(mean, 0);
        float[] scales = PerChannel(scale, 1);
        for (int i = 0; i < 60; i++)
        {
            int channel = i / 20;
            int sent = (i % 20 * 3) + channel;
            float expected = ((sent - means[channel]) / scales[channel]) + 1;
            await Assert.That(Math.Abs(computed[i] - expected)).IsLessThan(1e-3f);
        }

        await Assert.That(prepared.Model.Inputs[0].ElementType).IsEqualTo(bytes ? ElementType.U8 : ElementType.F32);
    }

    [Test]
    public async Task MeanOnAnIntegerInput_IsComputedInReals()
    {
        ModelOptions options = new() { Layout = """{"in_u8":"NC"}""", Mean = "10", Scale = "0.5" };
        using PreparedModel prepared = Prepared.Prepare("all_types", options).Value!;
        using CompiledModel compiled = Engine.Compile(prepared.Model);
        using InferRequest request = compiled.CreateInferRequest();
        byte[] sent = [10, 11, 20, 30];
        int index = compiled.Inputs.Single(static input => input.Name == "in_u8").Index;
        foreach (PortInfo input in compiled.Inputs)
        {
            using Tensor tensor = Tensor.Allocate(input.ElementType, [1, 4]);
            tensor.Bytes.Clear();
            if (input.Index == index)
            {
                sent.CopyTo(tensor.Bytes);
            }

            request.SetInput(input.Index, tensor);
        }

        request.Infer();
        using Tensor output = request.GetOutput(compiled.Outputs.Single(static port => port.Name == "out_u8").Index);

        await Assert.That(string.Join(' ', output.Bytes.ToArray())).IsEqualTo("0 2 20 40");
    }

    [Test]
    public async Task ColorFormat_ExchangesChannels()
    {
        using PreparedModel prepared = Prepared.Prepare("increment_1x3x4x5", new ModelOptions { Layout = "NCHW", ColorFormat = "RGB:BGR" }).Value!;
        using CompiledModel compiled = Engine.Compile(prepared.Model);

        (_, float[] computed) = Engine.Infer<float, float>(compiled, [1, 3, 4, 5], Ramp(60));

        float[] sent = Ramp(60);
        await Assert.That(computed.SequenceEqual(sent[40..].Concat(sent[20..40]).Concat(sent[..20]).Select(static value => value + 1))).IsTrue();
    }

    [Test]
    public async Task VideoFrame_ComesInOneTensor()
    {
        ModelOptions options = new() { Layout = "NHWC:NCHW", ColorFormat = "BGR:NV12", Precision = "FP16:UINT8" };
        using PreparedModel prepared = Prepared.Prepare("squeezenet", options).Value!;

        await Assert.That(Prepared.Describe(prepared)).IsEqualTo("data_0 U8 (1,336,224,1) NHWC -> softmaxout_1 (1,1000,1,1) N...");
    }

    [Test]
    [Arguments("increment_1x3x4x5", "NCHW", "[1,2]", "", "Input input: --mean has 2 values; in layout NCHW the model's shape (1,3,4,5) has 3 channels.")]
    [Arguments("dummy", "N?", "[1,2]", "", "Input b: --mean has 2 values, one a channel, and layout N? has no C.")]
    [Arguments("dummy", "N?", "", "RGB:BGR", "Input b: --color_format needs to know where the channels are, and layout N? has no C.")]
    [Arguments("dummy", """{"a":"NC"}""", "1", "", "change the inputs that --layout names, and it names none. Inputs: b")]
    [Arguments("dummy", "NC", "", "RGB:NV12", "The settings of layout, color format, precision, mean and scale do not fit the model: ")]
    public async Task Preprocessing_ThatDoesNotFit_IsRefused(string name, string layout, string mean, string color, string why)
    {
        Outcome<PreparedModel> prepared = Prepared.Prepare(name, new ModelOptions { Layout = layout, Mean = mean, ColorFormat = color });

        await Assert.That(prepared.Code).IsEqualTo(StatusCode.ModelConfigInvalid);
        await Assert.That(prepared.Text).Contains(why);
        await Assert.That(prepared.Text.Contains(".cpp", StringComparison.Ordinal) || prepared.Text.Contains('\n')).IsFalse();
    }

    private static float[] Ramp(int count) => [.. Enumerable.Range(0, count).Select(static value => (float)value)];

    private static float[] PerChannel(string text, float neutral)
    {
        float[] values = [.. FloatSetting.ParseMean(text).Value!.Values];
        return values.Length switch { 0 => [neutral, neutral, neutral], 1 => [values[0], values[0], values[0]], _ => values };
    }
}
