using System.Text.Json.Nodes;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>Every format and every way to name a model, served and asked.</summary>
public sealed class ModelFormatTests
{
    [Test]
    [Arguments("half_plus_two", "x", "y")]
    [Arguments("half_plus_two_frozen", "x:0", "Identity:0")]
    public async Task TensorFlow_Serves(string model, string input, string output)
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model(model), model);
        ModelInferResponse response = await server.Client.ModelInferAsync(Requests.For(model).WithRaw(input, "FP32", [3], 1f, 2f, 5f));
        await Assert.That(response.Values<float>(output)).IsEquivalentTo([2.5f, 3f, 4.5f]);
    }

    [Test]
    public async Task Paddle_Serves()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("paddle_linear"), "linear");
        ModelInferResponse response = await server.Client.ModelInferAsync(Requests.For("linear").WithRaw("x", "FP32", [2, 4], 1f, 0f, 0f, 0f, 0f, 0f, 0f, 1f));
        await Assert.That(response.Values<float>(response.Outputs[0].Name)).IsEquivalentTo([0.5f, 1.5f, 6.5f, 7.5f]);
    }

    [Test]
    public async Task TfLite_Serves()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("add_half_tflite"), "add_half");
        ModelInferResponse response = await server.Client.ModelInferAsync(Requests.For("add_half").WithRaw("x", "FP32", [1, 4], 1f, -2f, 0f, 64f));
        await Assert.That(response.Values<float>("y")).IsEquivalentTo([1.5f, -1.5f, 0.5f, 64.5f]);
    }

    [Test]
    public async Task Onnx_Serves()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("squeezenet"), "squeezenet");
        ModelMetadataResponse metadata = await server.Client.ModelMetadataAsync(new ModelMetadataRequest { Name = "squeezenet" });
        await Assert.That(metadata.Inputs.Single().Datatype).IsEqualTo("FP16");
        await Assert.That(metadata.Inputs.Single().Shape).IsEquivalentTo([1L, 3, 224, 224]);
        ModelInferResponse response = await server.Client.ModelInferAsync(Requests.For("squeezenet").WithRaw("data_0", "FP16", [1, 3, 224, 224], new Half[3 * 224 * 224]));
        await Assert.That(response.Outputs.Single().Shape).IsEquivalentTo([1L, 1000, 1, 1]);
        await Assert.That(response.Values<Half>("softmaxout_1").Sum(static value => (float)value)).IsBetween(0.98f, 1.02f);
    }

    [Test]
    public async Task Scalar_Serves()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("scalar"), "scalar");
        ModelMetadataResponse metadata = await server.Client.ModelMetadataAsync(new ModelMetadataRequest { Name = "scalar" });
        await Assert.That(metadata.Inputs.Single().Shape).IsEmpty();
        ModelInferResponse response = await server.Client.ModelInferAsync(Requests.For("scalar").WithRaw("model_scalar_input", "FP32", [], 3.25f));
        await Assert.That(response.Outputs.Single().Shape).IsEmpty();
        await Assert.That(response.Values<float>("model_scalar_output").Length).IsEqualTo(1);
    }

    [Test]
    public async Task DynamicShape_TakesWhatIsInItsRange()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dynamic"), "dynamic");
        ModelMetadataResponse metadata = await server.Client.ModelMetadataAsync(new ModelMetadataRequest { Name = "dynamic" });
        await Assert.That(metadata.Inputs.Single().Shape).IsEquivalentTo([-1L, -1]);
        foreach ((int rows, int columns) in new[] { (1, 1), (3, 7), (2, 512), (64, 100) })
        {
            float[] values = [.. Enumerable.Range(0, rows * columns).Select(static i => i * 0.5f)];
            ModelInferResponse response = await server.Client.ModelInferAsync(Requests.For("dynamic").WithRaw("x", "FP32", [rows, columns], values));
            await Assert.That(response.Outputs.Single().Shape).IsEquivalentTo([(long)rows, columns]);
            await Assert.That(response.Values<float>("y").SequenceEqual(values.Select(static value => 2 * value))).IsTrue();
        }

        Grpc.Core.RpcException fault = await Fault.OfAsync(async () => await server.Client.ModelInferAsync(Requests.For("dynamic").WithRaw("x", "FP32", [1, 513], new float[513])));
        await Assert.That(fault.StatusCode).IsEqualTo(Grpc.Core.StatusCode.InvalidArgument);
        await Assert.That(fault.Status.Detail).Contains("[1~512]");
    }

    [Test]
    [Arguments("", "3", 3f)]
    [Arguments("""{"all": {}}""", "1,2,3", 3f)]
    [Arguments("""{"latest": {"num_versions": 2}}""", "2,3", 3f)]
    [Arguments("""{"specific": {"versions": [1, 2]}}""", "1,2", 2f)]
    public async Task VersionPolicy_PicksAndDefaultsToTheHighest(string policy, string versions, float added)
    {
        string[] more = policy.Length == 0 ? [] : ["--model_version_policy", policy];
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("versions"), "versions", more);
        ModelMetadataResponse metadata = await server.Client.ModelMetadataAsync(new ModelMetadataRequest { Name = "versions" });
        await Assert.That(string.Join(',', metadata.Versions)).IsEqualTo(versions);
        ModelInferResponse response = await server.Client.ModelInferAsync(Requests.For("versions").WithRaw("b", "FP32", [1, 10], new float[10]));
        await Assert.That(response.Values<float>("a")[0]).IsEqualTo(added);
        foreach (string version in versions.Split(','))
        {
            response = await server.Client.ModelInferAsync(Requests.For("versions", version).WithRaw("b", "FP32", [1, 10], new float[10]));
            await Assert.That(response.ModelVersion).IsEqualTo(version);
            await Assert.That(response.Values<float>("a")[0]).IsEqualTo(float.Parse(version, System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    [Test]
    [Arguments("1")]
    [Arguments("1/dummy.xml")]
    public async Task FolderWithoutVersionsOrSingleFile_IsVersionOne(string inside)
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Path.Combine(Repo.Model("dummy"), inside), "dummy");
        ModelInferResponse response = await server.Client.ModelInferAsync(Requests.For("dummy").WithRaw("b", "FP32", [1, 10], new float[10]));
        await Assert.That(response.ModelVersion).IsEqualTo("1");
        await Assert.That(response.Values<float>("a")[0]).IsEqualTo(1f);
    }

    [Test]
    [Arguments("--batch_size", "4", 4)]
    [Arguments("--batch_size", "-1", 3)]
    [Arguments("--batch_size", "1:8", 8)]
    [Arguments("--shape", "(2,10)", 2)]
    [Arguments("--shape", "(-1,10)", 5)]
    [Arguments("--shape", """{"b": "(1:6,10)"}""", 6)]
    public async Task BatchSizeAndShape_ReshapeTheModel(string option, string value, int rows)
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", option, value);
        ModelInferResponse response = await server.Client.ModelInferAsync(Requests.For("dummy").WithRaw("b", "FP32", [rows, 10], new float[rows * 10]));
        await Assert.That(response.Outputs.Single().Shape).IsEquivalentTo([(long)rows, 10]);
        await Assert.That(response.Values<float>("a").All(static element => element == 1f)).IsTrue();
    }

    [Test]
    public async Task ModelInfo_IsPartOfTheMetadata()
    {
        string folder = Directory.CreateTempSubdirectory("ovms-info-").FullName;
        try
        {
            string dummy = Path.Combine(Repo.Model("dummy"), "1", "dummy");
            string xml = await File.ReadAllTextAsync(dummy + ".xml");
            int end = xml.LastIndexOf("</net>", StringComparison.Ordinal);
            await File.WriteAllTextAsync(
                Path.Combine(folder, "m.xml"),
                xml[..xml.LastIndexOf("<rt_info>", StringComparison.Ordinal)] + """<rt_info><model_info><labels value="cat dog"/><model_type value="Classification"/></model_info></rt_info>""" + xml[end..]);
            File.Copy(dummy + ".bin", Path.Combine(folder, "m.bin"));
            await using OvmsServer server = await OvmsServer.StartAsync(folder, "m");
            JsonNode metadata = JsonNode.Parse(await server.Http.GetStringAsync("/v2/models/m"))!;
            await Assert.That(metadata["rt_info"]!["model_info"]!.ToJsonString()).IsEqualTo("""{"labels":"cat dog","model_type":"Classification"}""");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public async Task LayoutPair_TransposesWhatClientsSend()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("increment_1x3x4x5"), "increment", "--layout", "NHWC:NCHW");
        ModelMetadataResponse metadata = await server.Client.ModelMetadataAsync(new ModelMetadataRequest { Name = "increment" });
        await Assert.That(metadata.Inputs.Single().Shape).IsEquivalentTo([1L, 4, 5, 3]);
        float[] nhwc = [.. Enumerable.Range(0, 60).Select(static i => (float)i)];
        ModelInferResponse response = await server.Client.ModelInferAsync(Requests.For("increment").WithRaw("input", "FP32", [1, 4, 5, 3], nhwc));
        float[] nchw = response.Values<float>("output");
        for (int c = 0; c < 3; c++)
        {
            for (int pixel = 0; pixel < 20; pixel++)
            {
                await Assert.That(nchw[(c * 20) + pixel]).IsEqualTo(nhwc[(pixel * 3) + c] + 1);
            }
        }
    }

    [Test]
    public async Task ModelThatKeepsState_ServesWithAWarning()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("accumulator"), "accumulator");
        await Assert.That(server.Process.Output.Split('\n').Where(static line => line.Contains("][warning][", StringComparison.Ordinal) && line.Contains("state", StringComparison.Ordinal))).HasSingleItem();
    }

    [Test]
    [Arguments("ocr_det")]
    [Arguments("ocr_cls")]
    public async Task FullyDynamicRealModel_ServesAtSeveralSizes(string model)
    {
        string path = Repo.SharedOrSkip("models", model);
        await using OvmsServer server = await OvmsServer.StartAsync(path, model);
        foreach ((int height, int width) in model == "ocr_det" ? new[] { (64, 64), (96, 320), (160, 224) } : [(48, 192), (48, 96), (64, 320)])
        {
            ModelInferResponse response = await server.Client.ModelInferAsync(Requests.For(model).WithRaw("x", "FP32", [1, 3, height, width], new float[3 * height * width]));
            await Assert.That(response.Outputs[0].Shape[0]).IsEqualTo(1L);
            float[] values = response.Values<float>(response.Outputs[0].Name);
            await Assert.That(values.LongLength).IsEqualTo(response.Outputs[0].Shape.Aggregate(1L, static (product, next) => product * next));
            await Assert.That(values.All(float.IsFinite)).IsTrue();
        }
    }
}
