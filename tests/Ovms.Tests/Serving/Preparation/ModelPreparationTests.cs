using Ovms.Native;
using Ovms.Options;
using Ovms.Repository;
using Ovms.Serving.Preparation;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Serving.Preparation;

/// <summary>Models of every format, as they are read and what is said of those that cannot be.</summary>
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
        using PreparedModel prepared = Prepared.Prepare(name, new ModelOptions()).Value!;

        await Assert.That(Prepared.Describe(prepared)).IsEqualTo(expected);
        await Assert.That(prepared.Warnings.Length).IsEqualTo(0);
    }

    [Test]
    [Arguments("half_plus_two")]
    [Arguments("half_plus_two_frozen")]
    public async Task TensorFlowModels_Compute(string name)
    {
        using PreparedModel prepared = Prepared.Prepare(name, new ModelOptions()).Value!;
        using CompiledModel compiled = Engine.Compile(prepared.Model);

        (long[] shape, float[] values) = Engine.Infer<float, float>(compiled, [3], [1, 2, 5]);

        await Assert.That(string.Join(' ', values)).IsEqualTo("2.5 3 4.5");
        await Assert.That(string.Join(' ', shape)).IsEqualTo("3");
    }

    [Test]
    public async Task PaddleModel_Computes()
    {
        using PreparedModel prepared = Prepared.Prepare("paddle_linear", new ModelOptions { BatchSize = "2" }).Value!;
        using CompiledModel compiled = Engine.Compile(prepared.Model);

        (long[] shape, float[] values) = Engine.Infer<float, float>(compiled, [2, 4], [1, 0, 0, 0, 0, 1, 0, 1]);

        await Assert.That(string.Join(' ', values)).IsEqualTo("0.5 1.5 8.5 10.5");
        await Assert.That(string.Join(' ', shape)).IsEqualTo("2 2");
    }

    [Test]
    public async Task TfLiteModel_IsRead()
    {
        using PreparedModel prepared = Prepared.PrepareAt(Repo.ModelBeside("mobilenet_v2"), new ModelOptions { Layout = "NHWC", ColorFormat = "RGB:BGR" }).Value!;

        await Assert.That(Prepared.Describe(prepared)).IsEqualTo("input U8 (1,224,224,3) NHWC -> Identity (1,1001) N...");
    }

    [Test]
    [Arguments("ocr_det", "", "x FP (-1,3,-1,-1) N... -> sigmoid_0.tmp_0 (-1,1,[32~],[32~]) N...")]
    [Arguments("ocr_det", "(1,3,64:960,64:960)", "x FP (1,3,[64~960],[64~960]) N... -> sigmoid_0.tmp_0 (1,1,[64~960],[64~960]) N...")]
    [Arguments("ocr_cls", "", "x FP (-1,3,-1,-1) N... -> save_infer_model/scale_0.tmp_1 (-1,2) N...")]
    public async Task DynamicOnnxModel_IsRead(string name, string shape, string expected)
    {
        using PreparedModel prepared = Prepared.PrepareAt(Repo.ModelBeside(name), new ModelOptions { Shape = shape }).Value!;

        await Assert.That(Prepared.Describe(prepared)).IsEqualTo(expected);
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

        using PreparedModel prepared = Prepared.PrepareAt(folder.Path, new ModelOptions { BatchSize = "5" }).Value!;

        await Assert.That(Prepared.Describe(prepared)).IsEqualTo("input FP (1,5,4,5) CNHW -> output (1,5,4,5) N...");
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

    [Test]
    [Arguments("half_plus_two", "variables/variables.data-00000-of-00001", "TensorFlow SavedModel")]
    [Arguments("half_plus_two", "variables/variables.index", "TensorFlow SavedModel")]
    [Arguments("paddle_linear", "model.pdiparams", "PaddlePaddle")]
    public async Task HalfOfTheWeights_IsAFailureThatNamesTheModel(string name, string file, string format)
    {
        using TemporaryFolder folder = new();
        string source = Path.Combine(Repo.Model(name), "1");
        foreach (string path in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            folder.Write(Path.GetRelativePath(source, path), File.ReadAllBytes(path));
        }

        byte[] whole = File.ReadAllBytes(folder[file]);
        folder.Write(file, whole.AsSpan(0, whole.Length / 2));

        Outcome<Model> model = ModelReader.Read(Engine.Core, ModelFile.Find(folder.Path).Value!);

        await Assert.That(model.Text).StartsWith($"Error while loading a model - OpenVINO cannot read {folder.Path}");
        await Assert.That(model.Text).Contains($" as {format}: ");
    }
}
