using System.Runtime.InteropServices;
using System.Text;

namespace Ovms.Native.Paging;

/// <summary>
/// Proves that the library and OpenVINO agree on what a model's handle is: the pass must change one small model as expected and refuse
/// another without ending the process.
/// </summary>
internal static class PagedSelfTest
{
    // Inputs of one layer of attention after the pass.
    private static readonly string[] s_expected =
    [
        "input_ids", "position_ids", "past_lens", "subsequence_begins", "block_indices", "block_indices_begins", "max_context_len",
        "key_cache.0", "value_cache.0",
    ];

    /// <summary>Null if all is well, else what is not.</summary>
    internal static string? Run(Core core, PagedAttention paged)
    {
        try
        {
            using Tensor weights = Tensor.Allocate(ElementType.I64, [3]);
            long[] numbers = [0, 1, 3];
            MemoryMarshal.AsBytes<long>(numbers).CopyTo(weights.Bytes);
            using Model attention = core.ReadModelText(Text(hasAttention: true), weights);
            if (paged.TryTransform(attention) is { } refusal)
                return refusal;
            string[] inputs = [.. attention.Inputs.Select(static port => port.Name ?? "")];
            if (inputs.Length != s_expected.Length || s_expected.Except(inputs).Any())
                return $"the pass left the inputs {string.Join(", ", inputs)}";

            using Model plain = core.ReadModelText(Text(hasAttention: false), weights);
            return paged.TryTransform(plain) is null ? "the pass took a model without attention" : null;
        }
        catch (OpenVinoException e)
        {
            return e.Said;
        }
    }

    // One head of size 1: the tokens plus their positions are query, key and value.
    private static string Text(bool hasAttention)
    {
        IrText ir = new();
        int ids = ir.Add("Parameter", "input_ids", "shape=\"?,?\" element_type=\"i64\"", "I64", []);
        int mask = ir.Add("Parameter", "attention_mask", "shape=\"?,?\" element_type=\"i64\"", "I64", []);
        int positions = ir.Add("Parameter", "position_ids", "shape=\"?,?\" element_type=\"i64\"", "I64", []);
        int beams = ir.Add("Parameter", "beam_idx", "shape=\"?\" element_type=\"i32\"", "I32", []);
        int zero = ir.Add("Const", "zero", "element_type=\"i64\" shape=\"\" offset=\"0\" size=\"8\"", "I64", []);
        int one = ir.Add("Const", "one", "element_type=\"i64\" shape=\"\" offset=\"8\" size=\"8\"", "I64", []);
        int three = ir.Add("Const", "three", "element_type=\"i64\" shape=\"\" offset=\"16\" size=\"8\"", "I64", []);
        int empty = ir.Add("Const", "empty", "element_type=\"f32\" shape=\"1,1,1,1\" offset=\"0\" size=\"4\"", "FP32", []);
        int sum = ir.Add("Add", "sum", "auto_broadcast=\"numpy\"", "I64", [ids, positions]);
        int numbers = ir.Add("Convert", "numbers", "destination_type=\"f32\"", "FP32", [sum]);
        int heads = ir.Add("Unsqueeze", "heads", null, "FP32", [numbers, one]);
        int query = ir.Add("Unsqueeze", "query", null, "FP32", [heads, three]);
        int result = query;
        if (hasAttention)
        {
            int real = ir.Add("Convert", "real", "destination_type=\"f32\"", "FP32", [mask]);
            int wide = ir.Add("Unsqueeze", "wide", null, "FP32", [real, one]);
            int bias = ir.Add("Unsqueeze", "bias", null, "FP32", [wide, one]);
            int key = State(ir, "key", empty, beams, zero, query);
            int value = State(ir, "value", empty, beams, zero, query);
            result = ir.Add("ScaledDotProductAttention", "attention", "causal=\"false\"", "FP32", [query, key, value, bias], "opset13");
        }

        ir.Add("Result", "logits", null, null, [result]);
        return ir.Finish();
    }

    private static int State(IrText ir, string name, int empty, int beams, int axis, int query)
    {
        string data = $"variable_id=\"{name}\" variable_type=\"f32\" variable_shape=\"?,1,?,1\"";
        int past = ir.Add("ReadValue", $"past.{name}", data, "FP32", [empty], "opset6");
        int chosen = ir.Add("Gather", $"chosen.{name}", "batch_dims=\"0\"", "FP32", [past, beams, axis], "opset8");
        int present = ir.Add("Concat", $"present.{name}", "axis=\"2\"", "FP32", [chosen, query]);
        ir.Add("Assign", $"assign.{name}", data, null, [present], "opset6");
        return present;
    }

    /// <summary>Collects layers and edges. Each layer has at most one output, whose port follows those of its inputs.</summary>
    private sealed class IrText
    {
        private readonly StringBuilder _layers = new();
        private readonly StringBuilder _edges = new();
        private readonly List<int> _outputs = [];

        internal int Add(string type, string name, string? data, string? precision, ReadOnlySpan<int> from, string version = "opset1")
        {
            int id = _outputs.Count;
            _outputs.Add(from.Length);
            _layers.Append($"<layer id=\"{id}\" name=\"{name}\" type=\"{type}\" version=\"{version}\">");
            if (data is not null)
                _layers.Append($"<data {data}/>");
            if (from.Length > 0)
                _layers.Append("<input>");
            for (int port = 0; port < from.Length; port++)
            {
                _layers.Append($"<port id=\"{port}\"/>");
                _edges.Append($"<edge from-layer=\"{from[port]}\" from-port=\"{_outputs[from[port]]}\"");
                _edges.Append($" to-layer=\"{id}\" to-port=\"{port}\"/>");
            }

            if (from.Length > 0)
                _layers.Append("</input>");
            if (precision is not null)
                _layers.Append($"<output><port id=\"{from.Length}\" precision=\"{precision}\" names=\"{name}\"/></output>");
            _layers.Append("</layer>");
            return id;
        }

        internal string Finish() =>
            $"<?xml version=\"1.0\"?><net name=\"self_test\" version=\"11\"><layers>{_layers}</layers><edges>{_edges}</edges></net>";
    }
}
