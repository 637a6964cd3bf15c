using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Ovms.Tests.Setup;

/// <summary>An IR made layer by layer. Each layer gives one tensor, named by the number that the method returns.</summary>
internal sealed class TinyIr
{
    private readonly StringBuilder _layers = new();
    private readonly StringBuilder _edges = new();
    private readonly List<byte> _weights = [];
    private readonly List<(int Port, string Type, string Shape)> _made = [];

    // By layer; a tensor is called as the outputs that it becomes, as in files that OpenVINO writes.
    private readonly Dictionary<int, List<string>> _names = [];

    /// <summary>An input.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">As an IR writes it: "?,1..512".</param>
    /// <param name="type">As an IR writes it: "f32".</param>
    public int Parameter(string name, string shape, string type = "f32")
    {
        int id = Add("Parameter", $"""shape="{shape}" element_type="{type}" """, [], type, shape);
        _names[id].Add(name);
        return id;
    }

    /// <summary>Whole numbers that are part of the model.</summary>
    public int Numbers(params long[] values)
    {
        string data = string.Create(CultureInfo.InvariantCulture, $"""element_type="i64" shape="{values.Length}" offset="{_weights.Count}" size="{values.Length * sizeof(long)}" """);
        _weights.AddRange(MemoryMarshal.AsBytes<long>(values).ToArray());
        return Add("Const", data, [], "i64", $"{values.Length}");
    }

    /// <summary>Any other layer; its type is that of the first input.</summary>
    public int Layer(string kind, string shape, int[] inputs, string data = "") => Add(kind, data, inputs, _made[inputs[0]].Type, shape);

    /// <summary>A conversion to the type that it has already.</summary>
    public int Convert(int input) => Layer("Convert", _made[input].Shape, [input], $"""destination_type="{_made[input].Type}" """);

    /// <summary>An output.</summary>
    public void Result(int input, string name)
    {
        _names[input].Add(name);
        Add("Result", "", [input], "", "", $" output_names=\"{name}\"");
    }

    /// <summary>Writes the two files.</summary>
    /// <returns>The .xml.</returns>
    public string WriteTo(string folder)
    {
        Directory.CreateDirectory(folder);
        string file = Path.Combine(folder, "tiny.xml");
        foreach ((int id, List<string> names) in _names)
        {
            _layers.Replace(NamesOf(id), string.Join(',', names.Distinct()));
        }

        File.WriteAllText(file, $"""<?xml version="1.0"?><net name="tiny" version="11"><layers>{_layers}</layers><edges>{_edges}</edges></net>""");
        File.WriteAllBytes(Path.ChangeExtension(file, ".bin"), [.. _weights]);
        return file;
    }

    private int Add(string kind, string data, int[] inputs, string type, string shape, string more = "")
    {
        int id = _made.Count;
        _names[id] = [];
        _layers.Append(CultureInfo.InvariantCulture, $"""<layer id="{id}" name="l{id}" type="{kind}" version="opset1"{more}><data {data}/>""");
        if (inputs.Length > 0)
        {
            _layers.Append("<input>").AppendJoin("", inputs.Select((input, port) => Port(port, _made[input].Type, _made[input].Shape))).Append("</input>");
        }

        for (int port = 0; port < inputs.Length; port++)
        {
            _edges.Append(CultureInfo.InvariantCulture, $"""<edge from-layer="{inputs[port]}" from-port="{_made[inputs[port]].Port}" to-layer="{id}" to-port="{port}"/>""");
        }

        if (kind != "Result")
        {
            _layers.Append("<output>").Append(Port(inputs.Length, type, shape, $" names=\"{NamesOf(id)}\"")).Append("</output>");
        }

        _layers.Append("</layer>");
        _made.Add((inputs.Length, type, shape));
        return id;
    }

    private static string NamesOf(int id) => $"@{id}@";

    private static string Port(int id, string type, string shape, string names = "")
    {
        string precision = type switch { "f32" => "FP32", "f16" => "FP16", _ => type.ToUpperInvariant() };
        string dims = string.Concat(shape.Split(',').Select(static dim => $"<dim>{(long.TryParse(dim, out long size) ? size : -1)}</dim>"));
        return string.Create(CultureInfo.InvariantCulture, $"""<port id="{id}" precision="{precision}"{names}>{dims}</port>""");
    }
}
