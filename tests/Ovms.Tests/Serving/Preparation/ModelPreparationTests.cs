using Ovms.Native;
using Ovms.Options;
using Ovms.Repository;
using Ovms.Serving.Preparation;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Serving.Preparation;

/// <summary>Settings applied to real models, and what these then compute.</summary>
public class ModelPreparationTests
{
    [Test]
    [Arguments("dummy", "b FP (1,10) N... -> a (1,10) N...")]
    [Arguments("scalar", "model_scalar_input FP () ... -> model_scalar_output () ...")]
    [Arguments("dynamic", "x FP (-1,[1~512]) N... -> y (-1,[1~512]) N...")]
    [Arguments("half_plus_two", "x FP (-1) N... -> y (-1) N...")]
    [Arguments("paddle_linear", "x FP (-1,4) N... -> save_infer_model/scale_0.tmp_0 (-1,2) N...")]
    [Arguments("squeezenet", "data_0 FP (1,3,224,224) N... -> softmaxout_1 (1,1000,1,1) N...")]
    [Arguments("passthrough_string", "my_name String (-1) N... -> my_name (-1) N...")]
    public async Task WithoutSettings_TheModelIsServedAsItIs(string name, string expected)
    {
        using PreparedModel prepared = Prepare(name, new ModelOptions()).Value!;

        await Assert.That(Describe(prepared)).IsEqualTo(expected);
        await Assert.That(prepared.Warnings.Length).IsEqualTo(0);
    }

    [Test]
    [Arguments("half_plus_two")]
    [Arguments("half_plus_two_frozen")]
    public async Task TensorFlowModels_Compute(string name)
    {
        using PreparedModel prepared = Prepare(name, new ModelOptions()).Value!;
        using CompiledModel compiled = Engine.Compile(prepared.Model);

        (long[] shape, float[] values) = Engine.Infer<float, float>(compiled, [3], [1, 2, 5]);

        await Assert.That(string.Join(' ', values)).IsEqualTo("2.5 3 4.5");
        await Assert.That(string.Join(' ', shape)).IsEqualTo("3");
    }

    [Test]
    public async Task PaddleModel_Computes()
    {
        using PreparedModel prepared = Prepare("paddle_linear", new ModelOptions { BatchSize = "2" }).Value!;
        using CompiledModel compiled = Engine.Compile(prepared.Model);

        (long[] shape, float[] values) = Engine.Infer<float, float>(compiled, [2, 4], [1, 0, 0, 0, 0, 1, 0, 1]);

        await Assert.That(string.Join(' ', values)).IsEqualTo("0.5 1.5 8.5 10.5");
        await Assert.That(string.Join(' ', shape)).IsEqualTo("2 2");
    }

    [Test]
    public async Task TfLiteModel_IsRead()
    {
        using PreparedModel prepared = PrepareAt(Repo.ModelBeside("mobilenet_v2"), new ModelOptions { Layout = "NHWC", ColorFormat = "RGB:BGR" }).Value!;

        await Assert.That(Describe(prepared)).IsEqualTo("input U8 (1,224,224,3) NHWC -> Identity (1,1001) N...");
    }

    [Test]
    [Arguments("dummy", "4", "(4,10)")]
    [Arguments("dummy", "-1", "(-1,10)")]
    [Arguments("dummy", "1:16", "([1~16],10)")]
    [Arguments("dummy", "0", "(1,10)")]
    [Arguments("summator", "8", "(8,10)")]
    [Arguments("dynamic", "3", "(3,[1~512])")]
    public async Task BatchSize_StandsAtTheFirstPlaceOfAllInputs(string name, string batchSize, string shape)
    {
        using PreparedModel prepared = Prepare(name, new ModelOptions { BatchSize = batchSize }).Value!;

        await Assert.That(string.Join(' ', prepared.Model.Inputs.Select(static input => input.Shape).Distinct())).IsEqualTo(shape);
        await Assert.That(prepared.Model.Outputs[0].Shape.ToString()).IsEqualTo(shape);
    }

    [Test]
    [Arguments("4", 4)]
    [Arguments("-1", 3)]
    [Arguments("1:16", 16)]
    public async Task BatchSize_IsComputedWith(string batchSize, int rows)
    {
        using PreparedModel prepared = Prepare("dummy", new ModelOptions { BatchSize = batchSize }).Value!;
        using CompiledModel compiled = Engine.Compile(prepared.Model);
        float[] values = [.. Enumerable.Range(0, rows * 10).Select(static value => (float)value)];

        (long[] shape, float[] computed) = Engine.Infer<float, float>(compiled, [rows, 10], values);

        await Assert.That(string.Join(' ', shape)).IsEqualTo($"{rows} 10");
        await Assert.That(computed.SequenceEqual(values.Select(static value => value + 1))).IsTrue();
    }

    [Test]
    public async Task BatchSize_StandsWhereTheLayoutHasN()
    {
        using PreparedModel prepared = Prepare("increment_1x3x4x5", new ModelOptions { BatchSize = "7", Layout = "CNHW" }).Value!;

        await Assert.That(Describe(prepared)).IsEqualTo("input FP (1,7,4,5) CNHW -> output (1,7,4,5) N...");
    }

    [Test]
    [Arguments("scalar", "", "Batch size 4 has no place: no input has N in its layout. Inputs: model_scalar_input () ...")]
    [Arguments("dummy", "CH", "Batch size 4 has no place: no input has N in its layout. Inputs: b (1,10) CH")]
    public async Task BatchSize_WithoutN_IsRefused(string name, string layout, string why)
    {
        Outcome<PreparedModel> prepared = Prepare(name, new ModelOptions { BatchSize = "4", Layout = layout });

        await Assert.That(prepared.Text).IsEqualTo($"Model could not be reshaped with requested shape - {why}");
    }

    [Test]
    [Arguments("dynamic", "(2,512)", 2, 512)]
    [Arguments("dynamic", "(-1,1:512)", 5, 1)]
    [Arguments("dynamic", "(1:3,7)", 3, 7)]
    public async Task Shape_IsComputedWith(string name, string shape, int rows, int columns)
    {
        using PreparedModel prepared = Prepare(name, new ModelOptions { Shape = shape }).Value!;
        using CompiledModel compiled = Engine.Compile(prepared.Model);
        float[] values = [.. Enumerable.Range(1, rows * columns).Select(static value => value / 4f)];

        (long[] given, float[] computed) = Engine.Infer<float, float>(compiled, [rows, columns], values);

        await Assert.That(string.Join(' ', given)).IsEqualTo($"{rows} {columns}");
        await Assert.That(computed.SequenceEqual(values.Select(static value => value * 2))).IsTrue();
    }

    [Test]
    public async Task Shapes_ByName_LeaveOtherInputsAlone()
    {
        using PreparedModel prepared = Prepare("all_types", new ModelOptions { Shape = """{"in_f32":"(2,8)","in_u8":"(1:3,4)"}""" }).Value!;

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
        Outcome<PreparedModel> prepared = Prepare(name, new ModelOptions { Shape = shape });

        await Assert.That(prepared.Code.ToString()).IsEqualTo(code);
        await Assert.That(prepared.Text).Contains(why);
        await Assert.That(prepared.Text.Contains('\n')).IsFalse();
    }

    [Test]
    public async Task LayoutPair_TransposesWhatComesIn()
    {
        using PreparedModel prepared = Prepare("increment_1x3x4x5", new ModelOptions { Layout = "NHWC:NCHW" }).Value!;
        using CompiledModel compiled = Engine.Compile(prepared.Model);

        (_, float[] computed) = Engine.Infer<float, float>(compiled, [1, 4, 5, 3], Ramp(60));

        // Element (c, h, w) of the result is one more than element (h, w, c) of what was sent.
        float[] expected = [.. from c in Enumerable.Range(0, 3) from h in Enumerable.Range(0, 4) from w in Enumerable.Range(0, 5) select (((h * 5) + w) * 3) + c + 1f];
        await Assert.That(Describe(prepared)).IsEqualTo("input FP (1,4,5,3) NHWC -> output (1,3,4,5) N...");
        await Assert.That(computed.SequenceEqual(expected)).IsTrue();
    }

    [Test]
    public async Task Shape_IsThatOfTheLayoutServed()
    {
        using PreparedModel prepared = Prepare("increment_1x3x4x5", new ModelOptions { Layout = "NHWC:NCHW", Shape = "(-1,8,9,3)" }).Value!;

        await Assert.That(Describe(prepared)).IsEqualTo("input FP (-1,8,9,3) NHWC -> output (-1,3,8,9) N...");
    }

    [Test]
    public async Task Layouts_ByName_ReachInputsAndOutputs()
    {
        using PreparedModel prepared = Prepare("increment_1x3x4x5", new ModelOptions { Layout = """{"input":"N...","output":"nchw"}""" }).Value!;

        await Assert.That(Describe(prepared)).IsEqualTo("input FP (1,3,4,5) N... -> output (1,3,4,5) NCHW");
    }

    [Test]
    public async Task LayoutOfAPassedThroughPort_IsOfBothSides()
    {
        using PreparedModel prepared = Prepare("passthrough_string", new ModelOptions { Layout = """{"my_name":"N"}""" }).Value!;

        await Assert.That(Describe(prepared)).IsEqualTo("my_name String (-1) N -> my_name (-1) N");
    }

    [Test]
    [Arguments("summator", "NC", nameof(StatusCode.AnonymousFixedLayoutNotAllowed), """as in {"name":"NC"}. Inputs: b, c""")]
    [Arguments("dummy", """{"x":"NC"}""", nameof(StatusCode.ConfigLayoutIsNotInModel), "Given: x; Inputs: b; Outputs: a")]
    [Arguments("dummy", "NHWC:NCHW", nameof(StatusCode.LayoutIncompatibleWithShape), "Port: b; Layout: NCHW; Shape of the model: (1,10)")]
    [Arguments("scalar", "N...", nameof(StatusCode.LayoutIncompatibleWithShape), "Shape of the model: ()")]
    [Arguments("dummy", """{"a":"CN:NC"}""", nameof(StatusCode.ModelConfigInvalid), "Output a cannot be transposed (CN:NC)")]
    public async Task Layout_ThatDoesNotFit_IsRefused(string name, string layout, string code, string why)
    {
        Outcome<PreparedModel> prepared = Prepare(name, new ModelOptions { Layout = layout });

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
        using PreparedModel prepared = Prepare("increment_1x3x4x5", options).Value!;
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
        using PreparedModel prepared = Prepare("all_types", options).Value!;
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
        using PreparedModel prepared = Prepare("increment_1x3x4x5", new ModelOptions { Layout = "NCHW", ColorFormat = "RGB:BGR" }).Value!;
        using CompiledModel compiled = Engine.Compile(prepared.Model);

        (_, float[] computed) = Engine.Infer<float, float>(compiled, [1, 3, 4, 5], Ramp(60));

        float[] sent = Ramp(60);
        await Assert.That(computed.SequenceEqual(sent[40..].Concat(sent[20..40]).Concat(sent[..20]).Select(static value => value + 1))).IsTrue();
    }

    [Test]
    [Arguments("increment_1x3x4x5", "NCHW", "[1,2]", "", "Input input: --mean has 2 values; in layout NCHW the model's shape (1,3,4,5) has 3 channels.")]
    [Arguments("dummy", "N?", "[1,2]", "", "Input b: --mean has 2 values, one a channel, and layout N? has no C.")]
    [Arguments("dummy", "N?", "", "RGB:BGR", "Input b: --color_format needs to know where the channels are, and layout N? has no C.")]
    [Arguments("dummy", """{"a":"NC"}""", "1", "", "change the inputs that --layout names, and it names none. Inputs: b")]
    [Arguments("dummy", "NC", "", "RGB:NV12", "The settings of layout, color format, precision, mean and scale do not fit the model: ")]
    public async Task Preprocessing_ThatDoesNotFit_IsRefused(string name, string layout, string mean, string color, string why)
    {
        Outcome<PreparedModel> prepared = Prepare(name, new ModelOptions { Layout = layout, Mean = mean, ColorFormat = color });

        await Assert.That(prepared.Code).IsEqualTo(StatusCode.ModelConfigInvalid);
        await Assert.That(prepared.Text).Contains(why);
        await Assert.That(prepared.Text.Contains(".cpp", StringComparison.Ordinal) || prepared.Text.Contains('\n')).IsFalse();
    }

    [Test]
    public async Task LayoutStatedByTheFile_IsServedAndHoldsTheBatch()
    {
        using TemporaryFolder folder = new();
        string model = Path.Combine(Repo.Model("increment_1x3x4x5"), "1", "increment_1x3x4x5");
        string xml = File.ReadAllText(model + ".xml");
        int end = xml.IndexOf("</port>", StringComparison.Ordinal);
        xml = xml.Insert(end, """<rt_info><attribute name="layout" version="0" layout="[C,N,H,W]"/></rt_info>""");
        folder.Write("1/m.xml", System.Text.Encoding.UTF8.GetBytes(xml));
        folder.Write("1/m.bin", File.ReadAllBytes(model + ".bin"));

        using PreparedModel prepared = PrepareAt(folder.Path, new ModelOptions { BatchSize = "5" }).Value!;

        await Assert.That(Describe(prepared)).IsEqualTo("input FP (1,5,4,5) CNHW -> output (1,5,4,5) N...");
    }

    [Test]
    public async Task ModelWithState_IsWarnedOf()
    {
        using PreparedModel prepared = Prepare("accumulator", new ModelOptions()).Value!;

        await Assert.That(prepared.Warnings.Single()).StartsWith("The model keeps state from one call to the next.");
    }

    [Test]
    [Arguments("m.tflite", "TensorFlow Lite")]
    [Arguments("m.onnx", "ONNX")]
    public async Task FileTheEngineCannotRead_IsNamedWithItsFormat(string file, string format)
    {
        using TemporaryFolder folder = new();
        string path = folder.Write(file, [0, 0, 0, 0, (byte)'T', (byte)'F', (byte)'L', (byte)'3', 9, 9, 9, 9]);

        Outcome<Model> model = ModelReader.Read(Engine.Core, ModelFile.Find(folder.Path).Value!);

        await Assert.That(model.Code).IsEqualTo(StatusCode.ModelNotLoaded);
        await Assert.That(model.Text).StartsWith($"Error while loading a model - OpenVINO cannot read {path} as {format}: ");
        await Assert.That(model.Text.Contains('\n') || model.Text.Contains("Exception from", StringComparison.Ordinal)).IsFalse();
    }

    private static Outcome<PreparedModel> Prepare(string name, ModelOptions options) => PrepareAt(Repo.Model(name), options);

    private static Outcome<PreparedModel> PrepareAt(string basePath, ModelOptions options)
    {
        ModelFile file = ModelFile.Find(ModelRepository.Open(basePath).Value!.Versions[0].Path).Value!;
        return ModelPreparation.Prepare(ModelReader.Read(Engine.Core, file).Value!, file.Ir, ModelSettings.Parse(options).Value!);
    }

    private static string Describe(PreparedModel prepared)
    {
        PortInfo input = prepared.Model.Inputs[0];
        PortInfo output = prepared.Model.Outputs[0];
        string type = input.ElementType is ElementType.F32 or ElementType.F16 ? "FP" : input.ElementType.ToString();
        return $"{PortNames.OfInput(input)} {type} {input.Shape} {prepared.InputLayouts[0]} -> {PortNames.OfOutput(output)} {output.Shape} {prepared.OutputLayouts[0]}";
    }

    private static float[] Ramp(int count) => [.. Enumerable.Range(0, count).Select(static value => (float)value)];

    private static float[] PerChannel(string text, float neutral)
    {
        float[] values = [.. FloatSetting.ParseMean(text).Value!.Values];
        return values.Length switch { 0 => [neutral, neutral, neutral], 1 => [values[0], values[0], values[0]], _ => values };
    }
}
