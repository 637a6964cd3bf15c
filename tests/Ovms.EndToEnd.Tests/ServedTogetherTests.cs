using System.Text.Json;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>One config.json with models of every format and the keys that people use; each model answers rightly through each API.</summary>
public sealed class ServedTogetherTests
{
    private const string Ten = """
        {
            "model_config_list": [
                {"config": {"name": "dummy", "base_path": "${MODELS}/dummy", "nireq": 2, "target_device": "CPU", "plugin_config": {"INFERENCE_NUM_THREADS": 1}}},
                {"config": {"name": "versions", "base_path": "${MODELS}/versions", "model_version_policy": {"specific": {"versions": [1, 3]}}}},
                {"config": {"name": "summator", "base_path": "${MODELS}/summator", "batch_size": 2}},
                {"config": {"name": "increment", "base_path": "${MODELS}/increment_1x3x4x5", "layout": {"input": "NHWC:NCHW"}, "mean": "1", "scale": "2"}},
                {"config": {"name": "dynamic", "base_path": "${MODELS}/dynamic", "shape": {"x": "(-1,1:64)"}}},
                {"config": {"name": "saved_model", "base_path": "${MODELS}/half_plus_two", "shape": "(3)"}},
                {"config": {"name": "frozen", "base_path": "${MODELS}/half_plus_two_frozen", "target_device": "${DEVICE:-CPU}"}},
                {"config": {"name": "tflite", "base_path": "${MODELS}/add_half_tflite", "allow_cache": true, "plugin_config": {"PERFORMANCE_HINT": "THROUGHPUT"}}},
                {"config": {"name": "paddle", "base_path": "${MODELS}/paddle_linear", "batch_size": "1:8"}},
                {"config": {"name": "onnx", "base_path": "${MODELS}/squeezenet", "layout": "NHWC:NCHW"}}
            ],
            "mediapipe_config_list": [],
            "monitoring": {"metrics": {"enable": true, "metrics_list": ["ovms_requests_success", "ovms_infer_req_queue_size"]}}
        }
        """;

    // Model, its inputs, and the values that come back.
    private static readonly (string Model, (string Name, long[] Shape, float[] Values)[] Inputs, float[] Expected)[] s_calls =
    [
        ("dummy", [("b", [1, 10], FloatCalls.Count(10))], FloatCalls.Count(10, 1)),
        ("versions", [("b", [1, 10], FloatCalls.Count(10))], FloatCalls.Count(10, 3)),
        ("summator", [("b", [2, 10], FloatCalls.Count(20)), ("c", [2, 10], FloatCalls.Count(20, 100))], [.. FloatCalls.Count(20).Select(static value => (2 * value) + 100)]),
        ("increment", [("input", [1, 4, 5, 3], [.. Enumerable.Repeat(7f, 60)])], [.. Enumerable.Repeat(4f, 60)]),
        ("dynamic", [("x", [2, 5], FloatCalls.Count(10))], [.. FloatCalls.Count(10).Select(static value => 2 * value)]),
        ("saved_model", [("x", [3], [1, 2, 5])], [2.5f, 3, 4.5f]),
        ("frozen", [("x:0", [3], [1, 2, 5])], [2.5f, 3, 4.5f]),
        ("tflite", [("x", [1, 4], [1, -2, 0, 64])], [1.5f, -1.5f, 0.5f, 64.5f]),
        ("paddle", [("x", [2, 4], [1, 0, 0, 0, 0, 0, 0, 1])], [0.5f, 1.5f, 6.5f, 7.5f]),
    ];

    [Test]
    public async Task TenModelsOfAllFormats_AnswerThroughEveryApi()
    {
        using ConfigFolder folder = new(Ten);
        await using OvmsServer server = await folder.StartAsync("Ready after");
        byte[] zebra = await File.ReadAllBytesAsync(Path.Combine(Repo.Root, "tests", "images", "zebra.jpeg"));
        foreach (CallWay way in Enum.GetValues<CallWay>())
        {
            foreach ((string model, (string Name, long[] Shape, float[] Values)[] inputs, float[] expected) in s_calls)
            {
                float[] answer = (await server.CallAsync(way, model, inputs)).Values;
                await Assert.That(answer.SequenceEqual(expected)).IsTrue().Because($"{model} through {way}: {string.Join(' ', answer)}");
            }

            float[] scores = await server.ClassifyAsync(way, "onnx", "data_0", zebra);
            await Assert.That(Array.IndexOf(scores, scores.Max())).IsEqualTo(340).Because($"onnx through {way}");
        }

        Ovms.Tests.Observability.Exposition metrics = Ovms.Tests.Observability.Exposition.Parse(await server.Http.GetStringAsync("/metrics"));
        await Assert.That(metrics.Families["ovms_requests_success"].Samples.Where(static sample => sample.Labels["name"] == "onnx").Sum(static sample => sample.Value)).IsEqualTo(4);
        await Assert.That(metrics["ovms_infer_req_queue_size{name=\"dummy\",version=\"1\"}"]).IsEqualTo(2);
        using JsonDocument states = JsonDocument.Parse(await server.Http.GetStringAsync("/v1/config"));
        await Assert.That(states.RootElement.EnumerateObject().Count()).IsEqualTo(10);
        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
        await Assert.That(server.Process.Output).DoesNotContain("[error]");
    }

    [Test]
    public async Task RealModels_AnswerAlikeThroughEveryApi()
    {
        string models = Repo.SharedOrSkip("models");
        string[] all = ["resnet50", "ocr_cls", "ocr_det", "mobilenet_v2", "squeezenet"];
        foreach (string model in all)
        {
            Repo.SharedOrSkip("models", model);
        }

        using ConfigFolder folder = new(JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["model_config_list"] = all.Select(model => new Dictionary<string, object>
            {
                ["config"] = model switch
                {
                    "mobilenet_v2" => new Dictionary<string, string> { ["name"] = model, ["base_path"] = Path.Combine(models, model), ["layout"] = "NHWC", ["color_format"] = "RGB:BGR" },
                    "squeezenet" => new Dictionary<string, string> { ["name"] = model, ["base_path"] = Path.Combine(models, model), ["layout"] = "NHWC:NCHW" },
                    _ => new Dictionary<string, string> { ["name"] = model, ["base_path"] = Path.Combine(models, model) },
                },
            }).ToArray(),
        }));
        await using OvmsServer server = await folder.StartAsync("Ready after");
        byte[] zebra = await File.ReadAllBytesAsync(Path.Combine(Repo.Root, "tests", "images", "zebra.jpeg"));
        Random random = new(5);
        foreach ((string model, string input, long[] shape) in new[] { ("resnet50", "input", new long[] { 1, 3, 224, 224 }), ("ocr_cls", "x", [2, 3, 48, 192]), ("ocr_det", "x", [1, 3, 96, 64]) })
        {
            float[] values = [.. Enumerable.Range(0, (int)shape.Aggregate(static (product, size) => product * size)).Select(_ => random.Next(-64, 64) / 64f)];
            float[][] answers = await Task.WhenAll(Enum.GetValues<CallWay>().Select(async way => (await server.CallAsync(way, model, (input, shape, values))).Values));
            await Assert.That(answers[0].Length).IsGreaterThan(3);
            foreach (float[] answer in answers[1..])
            {
                await Assert.That(answer.Length == answers[0].Length && answer.Zip(answers[0]).All(static pair => Math.Abs(pair.First - pair.Second) < 1e-3f)).IsTrue().Because(model);
            }
        }

        foreach (CallWay way in Enum.GetValues<CallWay>())
        {
            float[] squeezenet = await server.ClassifyAsync(way, "squeezenet", "data_0", zebra);
            float[] mobilenet = await server.ClassifyAsync(way, "mobilenet_v2", "input", zebra);
            await Assert.That(Array.IndexOf(squeezenet, squeezenet.Max())).IsEqualTo(340).Because($"{way}");
            await Assert.That(Array.IndexOf(mobilenet, mobilenet.Max())).IsEqualTo(341).Because($"{way}");
        }
    }
}
