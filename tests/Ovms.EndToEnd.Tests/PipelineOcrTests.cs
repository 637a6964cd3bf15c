using System.Runtime.InteropServices;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>A page of text through trained models: detection, a custom node that cuts the lines out, and a classification of each.</summary>
public sealed class PipelineOcrTests
{
    private const int Height = 480;
    private const int Width = 640;
    private const int Scale = 6;

    // Letters of 5 x 7 dots, a row of dots in each number.
    private static readonly Dictionary<char, int[]> s_letters = new()
    {
        ['A'] = [14, 17, 17, 31, 17, 17, 17],
        ['E'] = [31, 16, 16, 30, 16, 16, 31],
        ['H'] = [17, 17, 17, 31, 17, 17, 17],
        ['L'] = [16, 16, 16, 16, 16, 16, 31],
        ['N'] = [17, 25, 21, 19, 17, 17, 17],
        ['O'] = [14, 17, 17, 17, 17, 17, 14],
        ['T'] = [31, 4, 4, 4, 4, 4, 4],
    };

    [Test]
    public async Task EveryLineOfAPage_IsCutOutAndClassified()
    {
        string detector = Repo.SharedOrSkip("models", "ocr_det");
        string classifier = Repo.SharedOrSkip("models", "ocr_cls");
        using ConfigFolder folder = new("");
        CustomNode.Compile("areas", folder.Path);
        folder.Write("config.json", $$$"""
            {"model_config_list": [{"config": {"name": "det", "base_path": "{{{detector}}}"}}, {"config": {"name": "cls", "base_path": "{{{classifier}}}"}}],
            "custom_node_library_config_list": [{"name": "areas", "base_path": "libareas.so"}],
            "pipeline_config_list": [{"name": "page", "inputs": ["page"], "nodes": [
                {"name": "find", "type": "DL model", "model_name": "det", "inputs": [{"x": {"node_name": "request", "data_item": "page"}}], "outputs": [{"data_item": "sigmoid_0.tmp_0", "alias": "map"}]},
                {"name": "cut", "type": "custom", "library_name": "areas", "demultiply_count": -1,
                    "inputs": [{"image": {"node_name": "request", "data_item": "page"}}, {"map": {"node_name": "find", "data_item": "map"}}],
                    "outputs": [{"data_item": "crops", "alias": "line"}, {"data_item": "boxes", "alias": "box"}]},
                {"name": "turn", "type": "DL model", "model_name": "cls", "inputs": [{"x": {"node_name": "cut", "data_item": "line"}}], "outputs": [{"data_item": "save_infer_model/scale_0.tmp_1", "alias": "turned"}]}],
                "outputs": [{"turned": {"node_name": "turn", "data_item": "turned"}}, {"boxes": {"node_name": "cut", "data_item": "box"}}]}]}
            """);
        await using OvmsServer server = await folder.StartAsync("Ready after");
        foreach (string[] lines in (string[][])[["HELLO", "NATHAN", "HOTEL"], ["ONE"]])
        {
            ModelInferResponse answer = await server.Client.ModelInferAsync(Requests.For("page").WithRaw("page", "FP32", [1, 3, Height, Width], Draw(lines)));
            float[] turned = answer.Values<float>("turned");
            int[] boxes = [.. MemoryMarshal.Cast<byte, int>(answer.Bytes("boxes"))];
            await Assert.That(answer.Outputs[0].Shape).IsEquivalentTo([lines.Length, 1L, 2]);
            await Assert.That(boxes.Length).IsEqualTo(4 * lines.Length);
            for (int i = 0; i < lines.Length; i++)
            {
                await Assert.That(Math.Abs(turned[2 * i] + turned[(2 * i) + 1] - 1)).IsLessThan(1e-2f);

                // The box is where the line was drawn.
                int middle = (boxes[(4 * i) + 1] + boxes[(4 * i) + 3]) / 2;
                await Assert.That(Math.Abs(middle - TopOf(i) - (7 * Scale / 2))).IsLessThan(12);
            }
        }
    }

    private static int TopOf(int line) => 60 + (line * 140);

    // Black on white, normalised as the models expect it.
    private static float[] Draw(string[] lines)
    {
        float[] means = [0.485f, 0.456f, 0.406f];
        float[] deviations = [0.229f, 0.224f, 0.225f];
        bool[] ink = new bool[Height * Width];
        for (int line = 0; line < lines.Length; line++)
        {
            for (int i = 0; i < lines[line].Length; i++)
            {
                int[] rows = s_letters[lines[line][i]];
                for (int y = 0; y < 7 * Scale; y++)
                {
                    for (int x = 0; x < 5 * Scale; x++)
                    {
                        bool isDot = (rows[y / Scale] >> (4 - (x / Scale)) & 1) != 0;
                        ink[((TopOf(line) + y) * Width) + 80 + (i * 6 * Scale) + x] |= isDot;
                    }
                }
            }
        }

        return [.. Enumerable.Range(0, 3).SelectMany(channel => ink.Select(dark => ((dark ? 0 : 1) - means[channel]) / deviations[channel]))];
    }
}
