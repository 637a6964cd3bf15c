using System.Text;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>Writes graphs of session and inference nodes.</summary>
internal static class GraphText
{
    /// <summary>The edge of a graph.</summary>
    public static string Edge(string[] inputs, string[] outputs) =>
        string.Concat(inputs.Select(static name => $"input_stream: \"{name}\"\n")) + string.Concat(outputs.Select(static name => $"output_stream: \"{name}\"\n"));

    /// <summary>A model and a node that infers with it. Each port is TAG:stream=tensor.</summary>
    public static string Infer(string model, string[] inputs, string[] outputs)
    {
        StringBuilder text = new();
        text.Append($$"""
            node {
              calculator: "OpenVINOModelServerSessionCalculator"
              output_side_packet: "SESSION:s{{model}}"
              node_options: { [type.googleapis.com / mediapipe.OpenVINOModelServerSessionCalculatorOptions]: { servable_name: "{{model}}" } }
            }
            """);
        return text.Append('\n').Append(InferAgain(model, inputs, outputs)).ToString();
    }

    /// <summary>Another node that infers with a model.</summary>
    public static string InferAgain(string model, string[] inputs, string[] outputs) => $$"""
        node {
          calculator: "OpenVINOInferenceCalculator"
          input_side_packet: "SESSION:s{{model}}"
          {{string.Join("\n  ", inputs.Select(static port => $"input_stream: \"{port.Split('=')[0]}\""))}}
          {{string.Join("\n  ", outputs.Select(static port => $"output_stream: \"{port.Split('=')[0]}\""))}}
          node_options: { [type.googleapis.com / mediapipe.OpenVINOInferenceCalculatorOptions]: {
            {{string.Join("\n    ", inputs.Select(static port => Entry("input", port)))}}
            {{string.Join("\n    ", outputs.Select(static port => Entry("output", port)))}}
          } }
        }

        """;

    private static string Entry(string side, string port) =>
        $"tag_to_{side}_tensor_names {{ key: \"{port.Split(':')[0]}\" value: \"{port.Split('=')[1]}\" }}";
}
