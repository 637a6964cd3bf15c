using System.Globalization;
using System.Text;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>
/// A model that gives back what comes in, by many multiplications with the identity: y = x, or y = x + z. Most of its time is that of
/// reading weights, so that a row costs much less among others. Whole numbers up to 256 come back exactly.
/// </summary>
internal sealed class WideModel : IDisposable
{
    /// <summary>Values of a row.</summary>
    public const int Width = 512;

    private const int Multiplications = 24;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ovms-wide-");
    private readonly StringBuilder _layers = new();
    private readonly StringBuilder _edges = new();
    private readonly List<int> _ports = [];
    private int _made;

    /// <param name="rows">As an IR writes it: "1", or "?" for any number.</param>
    /// <param name="type">Of the inputs: f32, u8 or i64.</param>
    /// <param name="hasTwo">Whether there is an input z.</param>
    /// <param name="mixes">Whether y is a softmax over all rows.</param>
    public WideModel(string rows, string type = "f32", bool hasTwo = false, bool mixes = false)
    {
        string row = $"{rows},{Width}";
        int x = ToFloat(Layer("Parameter", row, type, [], $"""shape="{row}" element_type="{type}" """, names: "x"), row, type);
        int z = hasTwo
            ? ToFloat(Layer("Parameter", row, type, [], $"""shape="{row}" element_type="{type}" """, names: "z"), row, type)
            : -1;
        string square = $"{Width},{Width}";
        int bytes = Width * Width * sizeof(float);
        int weights = Layer("Const", square, "f32", [], $"""element_type="f32" shape="{square}" offset="0" size="{bytes}" """);
        for (int i = 0; i < Multiplications; i++)
        {
            bool isLast = i == Multiplications - 1 && !hasTwo && !mixes;
            x = Layer(
                "MatMul", row, "f32", [(x, row), (weights, square)], """transpose_a="false" transpose_b="true" """, isLast ? "y" : "");
        }

        x = hasTwo ? Layer("Add", row, "f32", [(x, row), (z, row)], """auto_broadcast="numpy" """, mixes ? "" : "y") : x;
        x = mixes ? Layer("SoftMax", row, "f32", [(x, row)], """axis="0" """, "y") : x;
        Layer("Result", "", "f32", [(x, row)], "");
        string file = System.IO.Path.Combine(_folder.CreateSubdirectory("1").FullName, "wide");
        File.WriteAllText(
            $"{file}.xml", $"""<?xml version="1.0"?><net name="wide" version="11"><layers>{_layers}</layers><edges>{_edges}</edges></net>""");
        float[] identity = new float[Width * Width];
        for (int i = 0; i < Width; i++)
        {
            identity[(i * Width) + i] = 1;
        }

        File.WriteAllBytes($"{file}.bin", [.. System.Runtime.InteropServices.MemoryMarshal.AsBytes(identity.AsSpan())]);
    }

    /// <summary>The model's base path.</summary>
    public string Path => _folder.FullName;

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);

    private int ToFloat(int input, string row, string type) =>
        type == "f32" ? input : Layer("Convert", row, "f32", [(input, row)], """destination_type="f32" """, inputType: type);

    private int Layer(
        string kind, string shape, string type, (int Layer, string Shape)[] inputs, string data, string names = "", string? inputType = null)
    {
        int id = _made++;
        _layers.Append(CultureInfo.InvariantCulture, $"""<layer id="{id}" name="l{id}" type="{kind}" version="opset1"><data {data}/>""");
        for (int port = 0; port < inputs.Length; port++)
        {
            _layers.Append(port == 0 ? "<input>" : "").Append(Port(port, inputType ?? type, inputs[port].Shape, ""));
            _layers.Append(port == inputs.Length - 1 ? "</input>" : "");
            int from = inputs[port].Layer;
            _edges.Append(
                CultureInfo.InvariantCulture,
                $"""<edge from-layer="{from}" from-port="{OutputOf(from)}" to-layer="{id}" to-port="{port}"/>""");
        }

        _ports.Add(inputs.Length);
        _layers.Append(shape.Length == 0 ? "" : $"<output>{Port(inputs.Length, type, shape, names)}</output>").Append("</layer>");
        return id;
    }

    private int OutputOf(int layer) => _ports[layer];

    private static string Port(int id, string type, string shape, string names)
    {
        string dims = string.Concat(shape.Split(',').Select(static dim => $"<dim>{(dim == "?" ? "-1" : dim)}</dim>"));
        string precision = type == "f32" ? "FP32" : type.ToUpperInvariant();
        return $"""<port id="{id}" precision="{precision}"{(names.Length == 0 ? "" : $" names=\"{names}\"")}>{dims}</port>""";
    }
}
