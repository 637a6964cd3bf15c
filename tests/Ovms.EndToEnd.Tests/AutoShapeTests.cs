using System.Text.Json.Nodes;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Tests.Setup;
using static Ovms.EndToEnd.Tests.Harness.FloatCalls;

namespace Ovms.EndToEnd.Tests;

/// <summary>--batch_size auto and --shape auto: calls get what their shapes ask for, whichever way they come.</summary>
public sealed class AutoShapeTests
{
    private const string CompiledMark = "compiled for other shapes: ";

    private const string BySummand = """{"b":"auto","c":"(1,10)"}""";

    [Test]
    [MatrixDataSource]
    public async Task Batch_FollowsTheCall([Matrix] CallWay way)
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "m", "--batch_size", "auto");
        foreach (long rows in new[] { 1L, 3, 7, 3, 1 })
        {
            (long[]? shape, float[] values) = await server.CallAsync(way, "m", ("b", [rows, 10], Count(rows * 10)));
            await Assert.That(values.SequenceEqual(Count(rows * 10, from: 1))).IsTrue().Because($"{rows}");
            await Assert.That(string.Join(',', shape ?? [rows, 10])).IsEqualTo($"{rows},10");
        }

        await ExpectCompiledAsync(server, "b batch 3", "b batch 7");
        await Assert.That(server.Process.Output).Contains("batch_size auto compiles the model again");
        FloatCallException refused = await server.RefusalAsync(way, "m", ("b", [2, 11], new float[22]));
        await Assert.That(refused.Text).IsEqualTo("Invalid input shape - Expected: ([1~],10); Actual: (2,11); input name: b");
        await Assert.That(refused.Status).IsEqualTo(way is CallWay.KServeRest or CallWay.TfsRest ? "400" : "InvalidArgument");
    }

    [Test]
    [MatrixDataSource]
    public async Task Shapes_FollowTheCall_AndOnesThatCannotBeAreRefused([Matrix] CallWay way)
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("summator"), "m", "--shape", "auto");
        foreach ((long[] b, long[] c, long sums) in new[] { (new long[] { 1, 10 }, new long[] { 1, 10 }, 10L), ([2, 7], [2, 7], 14), ([3, 4], [1, 4], 12), ([2, 7], [2, 7], 14) })
        {
            (_, float[] values) = await server.CallAsync(way, "m", ("b", b, Count(b[0] * b[1])), ("c", c, new float[c[0] * c[1]]));
            await Assert.That(values.SequenceEqual(Count(sums))).IsTrue();
        }

        for (int again = 0; again < 3; again++)
        {
            FloatCallException refused = await server.RefusalAsync(way, "m", ("b", [2, 7], new float[14]), ("c", [3, 7], new float[21]));
            await Assert.That(refused.Text).StartsWith("Model could not be reshaped with requested shape - b (2,7), c (3,7): ");
            await Assert.That(refused.Text.Contains('\n')).IsFalse();
            await Assert.That(refused.Status).IsEqualTo(way is CallWay.KServeRest or CallWay.TfsRest ? "412" : "FailedPrecondition");
            (_, float[] values) = await server.CallAsync(way, "m", ("b", [2, 7], Count(14)), ("c", [2, 7], new float[14]));
            await Assert.That(values.SequenceEqual(Count(14))).IsTrue();
        }

        await ExpectCompiledAsync(server, "b (2,7), c (2,7)", "b (3,4), c (1,4)");
    }

    [Test]
    public async Task WhatCallsMayNotSend_IsRefusedBeforeAnythingIsCompiled()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("summator"), "m", "--shape", BySummand);
        (long[] B, float[] Content, long[] C, string Text)[] faults =
        [
            ([10], new float[10], [1, 10], "Invalid number of shape dimensions - Expected: ([1~],[1~]); Actual: (10); input name: b"),
            ([-3, 10], new float[30], [1, 10], "Invalid input shape - Negative or zero dimension size is not acceptable: (-3,10); input name: b"),
            ([0, 10], [], [1, 10], "Invalid input batch size - Expected: [1~]; Actual: 0; input name: b"),
            ([1, 0], [], [1, 10], "Invalid input shape - Expected: ([1~],[1~]); Actual: (1,0); input name: b"),
            ([100000, 100000], new float[10], [1, 10], "Invalid content size of tensor proto - Expected: 40000000000 bytes; Actual: 40 bytes; input name: b"),
            ([long.MaxValue, 10], new float[10], [1, 10], "Invalid content size of tensor proto - Shape dimensions overflow: (9223372036854775807,10); input name: b"),
            ([2, 10], new float[20], [2, 10], "Invalid input batch size - Expected: 1; Actual: 2; input name: c"),
        ];
        foreach ((long[] b, float[] content, long[] c, string text) in faults)
        {
            await Assert.That((await server.RefusalAsync(CallWay.KServeGrpc, "m", ("b", b, content), ("c", c, new float[c[0] * c[1]]))).Text).IsEqualTo(text);
        }

        await Assert.That(Compiled(server)).IsEmpty();
        (_, float[] values) = await server.CallAsync(CallWay.KServeGrpc, "m", ("b", [4, 10], Count(40)), ("c", [1, 10], new float[10]));
        await Assert.That(values.SequenceEqual(Count(40))).IsTrue();
        await ExpectCompiledAsync(server, "b (4,10)");
    }

    [Test]
    public async Task AnswerThatNoMessageHolds_IsRefusedBeforeItIsCompiled()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("summator"), "m", "--shape", "auto");
        FloatCallException refused = await server.RefusalAsync(CallWay.KServeGrpc, "m", ("b", [40000, 1], new float[40000]), ("c", [1, 40000], new float[40000]));
        await Assert.That(refused.Text).IsEqualTo("Model could not be reshaped with requested shape - output sum would be (40000,40000) with 6400000000 bytes; Expected: at most 1073741824 bytes");
        await Assert.That(Compiled(server)).IsEmpty();
        (_, float[] values) = await server.CallAsync(CallWay.KServeGrpc, "m", ("b", [1, 10], Count(10)), ("c", [1, 10], Count(10)));
        await Assert.That(values[9]).IsEqualTo(18f);
    }

    [Test]
    public async Task SizesOfOneBatchThatDiffer_AreRefused()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("summator"), "m", "--batch_size", "auto");
        FloatCallException refused = await server.RefusalAsync(CallWay.KServeGrpc, "m", ("b", [3, 10], new float[30]), ("c", [2, 10], new float[20]));
        await Assert.That(refused.Text).IsEqualTo("Invalid input batch size - Expected: 3, as in b; Actual: 2; input name: c");
        (_, float[] values) = await server.CallAsync(CallWay.KServeGrpc, "m", ("b", [3, 10], Count(30)), ("c", [3, 10], Count(30)));
        await Assert.That(values[29]).IsEqualTo(58f);
    }

    [Test]
    public async Task Metadata_TellsTheFormThatWasLoaded()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "m", "--batch_size", "auto");
        string before = await server.Http.GetStringAsync("/v2/models/m");
        await server.CallAsync(CallWay.KServeGrpc, "m", ("b", [5, 10], new float[50]));
        await Assert.That(await server.Http.GetStringAsync("/v2/models/m")).IsEqualTo(before);
        await Assert.That(JsonNode.Parse(before)!["inputs"]![0]!["shape"]!.ToJsonString()).IsEqualTo("[1,10]");
        await Assert.That((await server.Client.ModelMetadataAsync(new ModelMetadataRequest { Name = "m" })).Inputs[0].Shape).IsEquivalentTo([1L, 10]);
    }

    [Test]
    public async Task BodyWithoutJson_TellsTheBatchByItsLength()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "m", "--batch_size", "auto");
        using ByteArrayContent body = new(new byte[3 * 40]);
        body.Headers.Add("Inference-Header-Content-Length", "0");
        using HttpResponseMessage answer = await server.Http.PostAsync("/v2/models/m/infer", body);
        await Assert.That(await answer.Content.ReadAsStringAsync()).Contains("\"shape\":[3,10]");
    }

    [Test]
    public async Task Images_AreAsManyAndAsLargeAsTheyCome()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("increment_1x3x4x5"), "m", "--layout", "NHWC:NCHW", "--shape", "auto");
        foreach ((int width, int height, int count) in new[] { (5, 4, 1), (7, 6, 2) })
        {
            byte[] png = ImageFiles.Png(width, height, ImageFiles.Pattern(width, height));
            ModelInferResponse answer = await server.Client.ModelInferAsync(Requests.For("m").WithBytes("input", "BYTES", [count], Requests.Pack([.. Enumerable.Repeat(png, count)])));
            await Assert.That(string.Join(',', answer.Outputs[0].Shape)).IsEqualTo($"{count},3,{height},{width}");
            byte[] rgb = ImageFiles.Pattern(width, height);
            await Assert.That(answer.Values<float>("output")[0]).IsEqualTo(rgb[2] + 1f);
        }

        byte[] other = ImageFiles.Png(5, 4, ImageFiles.Pattern(5, 4));
        byte[] another = ImageFiles.Png(6, 4, ImageFiles.Pattern(6, 4));
        Grpc.Core.RpcException refused = await Fault.OfAsync(async () => await server.Client.ModelInferAsync(Requests.For("m").WithBytes("input", "BYTES", [2], Requests.Pack(other, another))));
        await Assert.That(refused.Status.Detail).Contains("required to have the same resolution");
        await ExpectCompiledAsync(server, "input (2,6,7,3)");
    }

    [Test]
    public async Task Photographs_AreKnownInBatchesOfAnySize()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("squeezenet"), "m", "--layout", "NHWC:NCHW", "--batch_size", "auto");
        string[] files = ["zebra.jpeg", "golden_retriever.jpeg", "zebra.jpeg"];
        byte[][] photographs = [.. files.Select(static file => File.ReadAllBytes(Path.Combine(Repo.Root, "tests", "images", file)))];
        foreach (int count in new[] { 1, 2, 3 })
        {
            ModelInferResponse answer = await server.Client.ModelInferAsync(Requests.For("m").WithBytes("data_0", "BYTES", [count], Requests.Pack(photographs[..count])));
            int[] best = [.. answer.Values<Half>("softmaxout_1").Chunk(1000).Select(static scores => Array.IndexOf(scores, scores.Max()))];
            await Assert.That(string.Join(' ', best)).IsEqualTo(string.Join(' ', new[] { 340, 207, 340 }[..count]));
        }
    }

    [Test]
    public async Task ModelThatIsOpenItself_ComputesWhatItTakes_AndVariantsTheRest()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dynamic"), "m", "--shape", "auto");
        foreach (long width in new[] { 4L, 512, 600 })
        {
            (_, float[] values) = await server.CallAsync(CallWay.KServeGrpc, "m", ("x", [2, width], Count(2 * width)));
            await Assert.That(values.SequenceEqual(Count(2 * width).Select(static value => 2 * value))).IsTrue();
        }

        await ExpectCompiledAsync(server, "x (2,600)");
    }

    [Test]
    public async Task DeviceThatNeedsFixedShapes_GetsThem()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dynamic"), "m", "--shape", "auto", "--target_device", "BATCH:CPU(2)", "--plugin_config", """{"AUTO_BATCH_TIMEOUT":1}""");
        foreach (long width in new[] { 1L, 4, 9 })
        {
            (_, float[] values) = await server.CallAsync(CallWay.KServeGrpc, "m", ("x", [1, width], Count(width)));
            await Assert.That(values.SequenceEqual(Count(width).Select(static value => 2 * value))).IsTrue();
        }

        await ExpectCompiledAsync(server, "x (1,4)", "x (1,9)");
    }

    [Test]
    [Arguments("AUTO:CPU")]
    [Arguments("HETERO:CPU")]
    [Arguments("MULTI:CPU")]
    [Arguments("BATCH:CPU(2)")]
    public async Task EveryDeviceString_GetsVariants(string device)
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "m", "--batch_size", "auto", "--target_device", device);
        foreach (long rows in new[] { 3L, 2, 3 })
        {
            (_, float[] values) = await server.CallAsync(CallWay.KServeRest, "m", ("b", [rows, 10], Count(rows * 10)));
            await Assert.That(values.SequenceEqual(Count(rows * 10, from: 1))).IsTrue();
        }

        await ExpectCompiledAsync(server, "b batch 3", "b batch 2");
    }

    [Test]
    public async Task PreProcessing_IsInVariantsToo()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("increment_1x3x4x5"), "m", "--layout", "NHWC:NCHW", "--mean", "[1,2,3]", "--scale", "2", "--shape", "auto");
        foreach ((long height, long width) in new[] { (4L, 5L), (2, 3) })
        {
            long pixels = height * width;
            (_, float[] values) = await server.CallAsync(CallWay.KServeGrpc, "m", ("input", [1, height, width, 3], Count(pixels * 3)));
            IEnumerable<float> expected = Enumerable.Range(0, 3).SelectMany(channel => Enumerable.Range(0, (int)pixels).Select(pixel => (((pixel * 3) + channel - (1f + channel)) / 2) + 1));
            await Assert.That(values.SequenceEqual(expected)).IsTrue().Because(string.Join(' ', values));
        }

        await ExpectCompiledAsync(server, "input (1,2,3,3)");
    }

    [Test]
    public async Task Rows_AreTheBatch()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "m", "--batch_size", "auto");
        using StringContent body = new("""{"instances":[[0,1,2,3,4,5,6,7,8,9],[1,1,1,1,1,1,1,1,1,1],[2,2,2,2,2,2,2,2,2,2]]}""");
        using HttpResponseMessage answer = await server.Http.PostAsync("/v1/models/m:predict", body);
        JsonArray rows = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["predictions"]!.AsArray();
        await Assert.That(string.Join(' ', rows.Select(static row => (float)row![9]!))).IsEqualTo("10 2 3");
    }

    [Test]
    public async Task MappedNames_AreThoseThatCount()
    {
        using ConfigFolder folder = new("""{"model_config_list": [{"config": {"name": "m", "base_path": "m", "shape": {"numbers": "auto"}}}]}""");
        folder.Copy("dummy", "m");
        folder.Write("m/1/mapping_config.json", """{"inputs": {"b": "numbers"}, "outputs": {"a": "sums"}}""");
        await using OvmsServer server = await folder.StartAsync("Ready after");
        (_, float[] values) = await server.CallAsync(CallWay.KServeRest, "m", ("numbers", [2, 10], Count(20)));
        await Assert.That(values.SequenceEqual(Count(20, from: 1))).IsTrue();
        await ExpectCompiledAsync(server, "numbers (2,10)");
    }

    [Test]
    public async Task ScalarInput_CannotBeAuto()
    {
        (int code, string output, string errors) = await OvmsProcess.RunAsync(
            ["--model_path", Repo.Model("scalar"), "--model_name", "m", "--rest_port", $"{FreePort.Next()}", "--rest_bind_address", "127.0.0.1", "--batch_size", "auto"]);
        await Assert.That(code).IsEqualTo(1);
        await Assert.That(output + errors).Contains("Batch size and shape cannot be auto for scalar inputs - Input model_scalar_input is a scalar");
    }

    /// <summary>The shapes in the lines of the log that tell of variants.</summary>
    internal static string[] Compiled(OvmsServer server) => Told(server.Process.Output, CompiledMark);

    /// <summary>What was compiled, and nothing else. A line of the log may come after the answer it belongs to.</summary>
    private static async Task ExpectCompiledAsync(OvmsServer server, params string[] shapes)
    {
        foreach (string shape in shapes)
        {
            await server.Process.WaitForLineAsync(line => line.Contains($"{CompiledMark}{shape};", StringComparison.Ordinal));
        }

        await Assert.That(Compiled(server)).IsEquivalentTo(shapes);
    }

    /// <summary>The shapes in the lines of the log that have a mark before them.</summary>
    internal static string[] Told(string log, string mark) =>
        [.. log.Split('\n').Where(line => line.Contains(mark, StringComparison.Ordinal)).Select(line => line[(line.IndexOf(mark, StringComparison.Ordinal) + mark.Length)..].Split(';')[0])];
}
