using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;
using SkiaSharp;

namespace Ovms.EndToEnd.Tests;

/// <summary>Trained models on photographs: what the official Python package answers is answered here.</summary>
public sealed class ClassificationTests
{
    /// <summary>Half the last digit of FP16 around 1, and a little for another CPU's kernels.</summary>
    private const float Tolerance = 0.01f;

    /// <summary>Another decoder and another resizing than the reference's move a probability by this much at most.</summary>
    private const float DecoderTolerance = 0.1f;

    private static readonly string[] s_photographs = ["arctic-fox.jpeg", "golden_retriever.jpeg", "magnetic_compass.jpeg", "snail.jpeg", "zebra.jpeg"];

    [Test]
    public async Task OwnPhotographs_AreKnown()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("squeezenet"), "squeezenet");
        foreach ((string photograph, int label, float probability) in new[] { ("zebra.jpeg", 340, 1f), ("golden_retriever.jpeg", 207, 0.9937f) })
        {
            float[] scores = await ClassifyAsync(server, Path.Combine(Repo.Root, "tests", "images", photograph));
            await Assert.That(Best(scores)).IsEqualTo(label).Because(photograph);
            await Assert.That(scores.Max()).IsEqualTo(probability).Within(DecoderTolerance).Because(photograph);
        }
    }

    [Test]
    public async Task ReferenceInput_GivesTheReferenceOutput()
    {
        byte[] input = Npy.Data(Repo.SharedOrSkip("expected", "squeezenet_zebra_input_fp16.npy"));
        float[] expected = MemoryMarshal.Cast<byte, float>(Npy.Data(Repo.SharedOrSkip("expected", "squeezenet_zebra_output_fp32.npy"))).ToArray();
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("squeezenet"), "squeezenet");
        ModelInferResponse response = await server.Client.ModelInferAsync(Requests.For("squeezenet").WithBytes("data_0", "FP16", [1, 3, 224, 224], input));
        Half[] actual = response.Values<Half>("softmaxout_1");
        for (int i = 0; i < expected.Length; i++)
        {
            await Assert.That(Math.Abs((float)actual[i] - expected[i])).IsLessThan(Tolerance);
        }
    }

    [Test]
    public async Task Squeezenet_KnowsThePhotographs()
    {
        JsonNode expected = JsonNode.Parse(await File.ReadAllTextAsync(Repo.SharedOrSkip("expected", "classification.json")))!;
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("squeezenet"), "squeezenet");
        foreach (string photograph in s_photographs)
        {
            float[] scores = await ClassifyAsync(server, Repo.SharedOrSkip("images", photograph));
            JsonNode best = expected[photograph]!["squeezenet_top5"]![0]!;
            await Assert.That(Best(scores)).IsEqualTo((int)best[0]!).Because(photograph);
            await Assert.That(scores.Max()).IsEqualTo((float)best[1]!).Within(DecoderTolerance).Because(photograph);
        }
    }

    [Test]
    public async Task MobileNet_KnowsThePhotographs()
    {
        JsonNode expected = JsonNode.Parse(await File.ReadAllTextAsync(Repo.SharedOrSkip("expected", "classification.json")))!;
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.SharedOrSkip("models", "mobilenet_v2"), "mobilenet");
        foreach (string photograph in s_photographs)
        {
            ModelInferResponse response = await server.Client.ModelInferAsync(
                Requests.For("mobilenet").WithBytes("input", "UINT8", [1, 224, 224, 3], Decode(Repo.SharedOrSkip("images", photograph))));
            byte[] scores = response.Bytes(response.Outputs.Single().Name);
            await Assert.That(Best(scores)).IsEqualTo((int)expected[photograph]!["mobilenet_v2_top3"]![0]![0]!).Because(photograph);
        }
    }

    [Test]
    public async Task OwnPhotographsAsFiles_AreKnown()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("squeezenet"), "squeezenet", "--layout", "NHWC:NCHW");
        string folder = Path.Combine(Repo.Root, "tests", "images");
        foreach ((string photograph, int label, float probability) in new[] { ("zebra.jpeg", 340, 1f), ("golden_retriever.jpeg", 207, 0.9937f) })
        {
            byte[] jpeg = await File.ReadAllBytesAsync(Path.Combine(folder, photograph));
            using SKBitmap bitmap = SKBitmap.Decode(jpeg);
            foreach (SKEncodedImageFormat format in new[] { SKEncodedImageFormat.Jpeg, SKEncodedImageFormat.Png, SKEncodedImageFormat.Webp })
            {
                using SKData other = bitmap.Encode(format, 95);
                byte[] file = format == SKEncodedImageFormat.Jpeg ? jpeg : other.ToArray();
                (int best, float score) = await ClassifyFileAsync(server, file);
                await Assert.That(best).IsEqualTo(label).Because($"{photograph} as {format}");
                await Assert.That(score).IsEqualTo(probability).Within(DecoderTolerance).Because($"{photograph} as {format}");
            }
        }
    }

    [Test]
    public async Task Squeezenet_KnowsThePhotographsAsFiles()
    {
        JsonNode expected = JsonNode.Parse(await File.ReadAllTextAsync(Repo.SharedOrSkip("expected", "classification.json")))!;
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("squeezenet"), "squeezenet", "--layout", "NHWC:NCHW");
        foreach (string photograph in s_photographs)
        {
            JsonNode best = expected[photograph]!["squeezenet_top5"]![0]!;
            (int label, float score) = await ClassifyFileAsync(server, await File.ReadAllBytesAsync(Repo.SharedOrSkip("images", photograph)));
            await Assert.That(label).IsEqualTo((int)best[0]!).Because(photograph);
            await Assert.That(score).IsEqualTo((float)best[1]!).Within(DecoderTolerance).Because(photograph);
        }
    }

    [Test]
    public async Task MobileNet_KnowsThePhotographsAsFiles()
    {
        JsonNode expected = JsonNode.Parse(await File.ReadAllTextAsync(Repo.SharedOrSkip("expected", "classification.json")))!;
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.SharedOrSkip("models", "mobilenet_v2"), "mobilenet", "--layout", "NHWC", "--color_format", "RGB:BGR");
        foreach (string photograph in s_photographs)
        {
            byte[] file = await File.ReadAllBytesAsync(Repo.SharedOrSkip("images", photograph));
            ModelInferResponse response = await server.Client.ModelInferAsync(Requests.For("mobilenet").WithBytes("input", "BYTES", [1], Requests.Pack(file)));
            byte[] scores = response.Bytes(response.Outputs.Single().Name);
            await Assert.That(Best(scores)).IsEqualTo((int)expected[photograph]!["mobilenet_v2_top3"]![0]![0]!).Because(photograph);
        }
    }

    private static async Task<(int Label, float Score)> ClassifyFileAsync(OvmsServer server, byte[] file)
    {
        ModelInferResponse response = await server.Client.ModelInferAsync(Requests.For("squeezenet").WithBytes("data_0", "BYTES", [1], Requests.Pack(file)));
        Half[] scores = response.Values<Half>("softmaxout_1");
        return (Best(scores), (float)scores.Max());
    }

    // Planes in the order blue, green, red, values 0 to 255.
    private static async Task<float[]> ClassifyAsync(OvmsServer server, string photograph)
    {
        byte[] rgb = Decode(photograph);
        Half[] planes = new Half[3 * 224 * 224];
        for (int pixel = 0; pixel < 224 * 224; pixel++)
        {
            for (int channel = 0; channel < 3; channel++)
            {
                planes[((2 - channel) * 224 * 224) + pixel] = rgb[(3 * pixel) + channel];
            }
        }

        ModelInferResponse response = await server.Client.ModelInferAsync(Requests.For("squeezenet").WithRaw("data_0", "FP16", [1, 3, 224, 224], planes));
        return [.. response.Values<Half>("softmaxout_1").Select(static value => (float)value)];
    }

    private static int Best<T>(T[] scores)
        where T : IComparable<T> => Array.IndexOf(scores, scores.Max());

    private static byte[] Decode(string path)
    {
        using SKBitmap decoded = SKBitmap.Decode(path);
        using SKBitmap resized = decoded.Resize(new SKImageInfo(224, 224, SKColorType.Rgba8888, SKAlphaType.Opaque), new SKSamplingOptions(SKFilterMode.Linear));
        byte[] rgb = new byte[224 * 224 * 3];
        ReadOnlySpan<byte> rgba = resized.GetPixelSpan();
        for (int pixel = 0; pixel < 224 * 224; pixel++)
        {
            rgba.Slice(4 * pixel, 3).CopyTo(rgb.AsSpan(3 * pixel));
        }

        return rgb;
    }
}
