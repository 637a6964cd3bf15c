using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Tests.Setup;

namespace Ovms.EndToEnd.Tests;

/// <summary>--layout, --mean, --scale, --precision and --color_format: what a client sends, and what the model then computes.</summary>
public sealed class PreprocessingTests
{
    private const int Pixels = 20;

    [Test]
    [Arguments("", "", "")]
    [Arguments("[1,2,3]", "", "")]
    [Arguments("", "[2,4,8]", "")]
    [Arguments("(1,2,3)", "(2,4,8)", "")]
    [Arguments("1", "2", "RGB:BGR")]
    [Arguments("[1,2,3]", "[2,4,8]", "RGB:BGR")]
    public async Task BytesInNhwc_ReachTheModelAsItWantsThem(string mean, string scale, string color)
    {
        string[] more =
        [
            "--layout", "NHWC:NCHW", "--precision", "FP32:UINT8",
            .. mean.Length > 0 ? ["--mean", mean] : Array.Empty<string>(),
            .. scale.Length > 0 ? ["--scale", scale] : Array.Empty<string>(),
            .. color.Length > 0 ? ["--color_format", color] : Array.Empty<string>(),
        ];
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("increment_1x3x4x5"), "increment", more);
        ModelMetadataResponse metadata = await server.Client.ModelMetadataAsync(new ModelMetadataRequest { Name = "increment" });
        await Assert.That(metadata.Inputs.Single().Datatype).IsEqualTo("UINT8");
        await Assert.That(metadata.Inputs.Single().Shape).IsEquivalentTo([1L, 4, 5, 3]);

        byte[] sent = [.. Enumerable.Range(0, 3 * Pixels).Select(static i => (byte)(4 * i))];
        float[] computed = (await server.Client.ModelInferAsync(Requests.For("increment").WithRaw("input", "UINT8", [1, 4, 5, 3], sent))).Values<float>("output");
        float[] means = PerChannel(mean, 0);
        float[] scales = PerChannel(scale, 1);
        for (int channel = 0; channel < 3; channel++)
        {
            // The colour comes first, so that mean and scale are of the model's channels.
            int source = color.Length > 0 ? 2 - channel : channel;
            for (int pixel = 0; pixel < Pixels; pixel++)
            {
                float expected = ((sent[(3 * pixel) + source] - means[channel]) / scales[channel]) + 1;
                await Assert.That(computed[(channel * Pixels) + pixel]).IsEqualTo(expected).Within(1e-3f);
            }
        }
    }

    [Test]
    [Arguments("f32", "", "", "")]
    [Arguments("f32", "[1,2,3]", "[2,4,8]", "")]
    [Arguments("f32", "[1,2,3]", "[2,4,8]", "RGB:BGR")]
    [Arguments("f32", "", "[2,4,8]", "RGB:BGR")]
    [Arguments("u8", "", "", "RGB:BGR")]
    [Arguments("u8", "3", "", "")]
    [Arguments("f32", "[1,2,3]", "2", "RGB:BGR", "FP32:UINT8")]
    [Arguments("f16", "1", "2", "RGB:BGR", "FP16:UINT8")]
    public async Task DecodedImages_PassTheSameSteps(string type, string mean, string scale, string color, string precision = "")
    {
        using TinyModel model = new(type, "1,2,3,3", "image", "pixels");
        string[] more =
        [
            "--layout", "NHWC",
            .. mean.Length > 0 ? ["--mean", mean] : Array.Empty<string>(),
            .. scale.Length > 0 ? ["--scale", scale] : Array.Empty<string>(),
            .. color.Length > 0 ? ["--color_format", color] : Array.Empty<string>(),
            .. precision.Length > 0 ? ["--precision", precision] : Array.Empty<string>(),
        ];
        await using OvmsServer server = await OvmsServer.StartAsync(model.Path, "tiny", more);
        byte[] rgb = [.. Enumerable.Range(0, 2 * 3 * 3).Select(static i => (byte)(10 + (8 * i)))];
        ModelInferResponse response = await server.Client.ModelInferAsync(
            Requests.For("tiny").WithBytes("image", "BYTES", [1], Requests.Pack(ImageFiles.Png(3, 2, rgb))));
        float[] computed = type switch
        {
            "u8" => [.. response.Bytes("pixels").Select(static value => (float)value)],
            "f16" => [.. response.Values<Half>("pixels").Select(static value => (float)value)],
            _ => response.Values<float>("pixels"),
        };
        float[] means = PerChannel(mean, 0);
        float[] scales = PerChannel(scale, 1);
        for (int i = 0; i < rgb.Length; i++)
        {
            // Decoded blue first; the colour is turned before mean and scale.
            int channel = i % 3;
            float sample = rgb[i - channel + (color.Length > 0 ? channel : 2 - channel)];
            await Assert.That(computed[i]).IsEqualTo((sample - means[channel]) / scales[channel]).Within(0.05f).Because($"value {i} of {string.Join(',', computed)}");
        }
    }

    [Test]
    [Arguments("--mean x", "--mean x: 'x' is no number")]
    [Arguments("--scale 0", "cannot be 0")]
    [Arguments("--precision FP32", "FP32:UINT8")]
    [Arguments("--color_format RGB:GRAY", "GRAY cannot be converted to RGB")]
    [Arguments("--mean [1,2]", "2 values")]
    public async Task FaultySetting_EndsWithOneAndASentence(string setting, string part)
    {
        (int code, string output, string errors) = await OvmsProcess.RunAsync(
            ["--model_path", Repo.Model("increment_1x3x4x5"), "--model_name", "m", "--rest_port", $"{FreePort.Next()}", "--rest_bind_address", "127.0.0.1", "--layout", "NHWC:NCHW", .. setting.Split(' ')]);
        await Assert.That(code).IsEqualTo(1).Because(output + errors);
        await Assert.That(output + errors).Contains(part);
    }

    private static float[] PerChannel(string text, float otherwise)
    {
        if (text.Length == 0)
        {
            return [otherwise, otherwise, otherwise];
        }

        float[] values = [.. text.Trim('[', ']', '(', ')').Split(',').Select(static value => float.Parse(value, System.Globalization.CultureInfo.InvariantCulture))];
        return values.Length == 1 ? [values[0], values[0], values[0]] : values;
    }
}
