using System.Xml;
using Microsoft.CodeAnalysis.Text;
using Ovms.Generators.Infrastructure;

namespace Ovms.Generators.Tensors;

/// <summary>
/// Reads an IR as a stream: net/layers/layer and net/edges/edge. It keeps only Parameters, Results and the names of ports. Bodies of
/// loops and conditions have their own Parameters and Results; these lie deeper and are ignored.
/// </summary>
internal sealed class IrReader
{
    private readonly string _path;
    private readonly SourceText _text;
    private readonly XmlReader _xml;
    private readonly List<Layer> _parameters = [];
    private readonly List<Layer> _results = [];
    private readonly Dictionary<(string Layer, string Port), List<string>> _names = [];
    private readonly Dictionary<string, (string Layer, string Port)> _producers = [];

    private IrReader(string path, SourceText text)
    {
        _path = path;
        _text = text;
        XmlReaderSettings settings = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, CloseInput = true };
        _xml = XmlReader.Create(new StringReader(text.ToString()), settings);
    }

    /// <summary>Reads the whole document.</summary>
    /// <exception cref="XmlException">The text is not XML, or not an IR.</exception>
    public static IrDocument Read(string path, SourceText text, CancellationToken cancellation)
    {
        IrReader reader = new(path, text);
        using (reader._xml)
        {
            return reader.Read(cancellation);
        }
    }

    private IrDocument Read(CancellationToken cancellation)
    {
        string? name = null;
        string section = "";
        Layer? layer = null;
        string side = "";
        Port? port = null;
        bool inDimension = false;
        while (_xml.Read())
        {
            cancellation.ThrowIfCancellationRequested();
            if (_xml.NodeType == XmlNodeType.Text && _xml.Depth == 6 && section == "layers" && inDimension)
            {
                port!.Dimensions.Add(_xml.Value);
            }

            if (_xml.NodeType != XmlNodeType.Element)
            {
                continue;
            }

            inDimension = false;

            switch (_xml.Depth)
            {
                case 0:
                    name = _xml.LocalName == "net"
                        ? Attribute("name")
                        : throw new XmlException($"the root is <{_xml.LocalName}>, not <net>");
                    break;
                case 1:
                    section = _xml.LocalName;
                    break;
                case 2 when section == "layers" && _xml.LocalName == "layer":
                    port = null;
                    side = "";
                    layer = StartLayer();
                    break;
                case 2 when section == "edges" && _xml.LocalName == "edge":
                    _producers[Attribute("to-layer")] = (Attribute("from-layer"), Attribute("from-port"));
                    break;
                case 3 when section == "layers" && layer is not null:
                    side = _xml.LocalName;
                    if (side == "data")
                    {
                        layer.ElementType = Attribute("element_type");
                        layer.Shape = Attribute("shape");
                    }

                    break;
                case 4 when section == "layers" && layer is not null && _xml.LocalName == "port" && side is "input" or "output":
                    port = StartPort(layer!, side);
                    break;
                case 5 when section == "layers" && port is not null && side is "input" or "output" && _xml.LocalName == "dim":
                    inDimension = true;
                    break;
            }
        }

        return new IrDocument(
            name ?? throw new XmlException("there is no <net>"),
            _parameters.ConvertAll(ToInput),
            _results.ConvertAll(ToOutput));
    }

    private IrTensor ToInput(Layer layer) =>
        new(layer.Name, NamesOf((layer.Id, layer.OutputPort)), layer.ElementType, layer.Shape, layer.Location);

    private IrTensor ToOutput(Layer layer)
    {
        string shape = string.Join(",", layer.Input?.Dimensions ?? []);
        return new IrTensor(layer.Name, NamesOf(layer), layer.Input?.Precision ?? "", shape, layer.Location);
    }

    private Layer StartLayer()
    {
        Layer layer = new(Attribute("id"), Attribute("name"), Attribute("output_names"), Here());
        switch (Attribute("type"))
        {
            case "Parameter":
                _parameters.Add(layer);
                break;
            case "Result":
                _results.Add(layer);
                break;
        }

        return layer;
    }

    private Port StartPort(Layer layer, string side)
    {
        Port port = new(Attribute("precision"));
        if (side == "input")
        {
            layer.Input = port;
        }
        else
        {
            layer.OutputPort = Attribute("id");
            string names = Attribute("names");
            if (names.Length > 0)
            {
                _names[(layer.Id, layer.OutputPort)] = Split(names);
            }
        }

        return port;
    }

    /// <summary>The result's own names; else those of the port it is connected to.</summary>
    private List<string> NamesOf(Layer result) =>
        result.OutputNames.Length > 0 ? Split(result.OutputNames)
        : _producers.TryGetValue(result.Id, out (string Layer, string Port) producer) ? NamesOf(producer)
        : [];

    private List<string> NamesOf((string Layer, string Port) port) =>
        _names.TryGetValue(port, out List<string>? names) ? names : [];

    /// <summary>Splits names at commas; a comma inside a name is written \, there.</summary>
    private static List<string> Split(string names) =>
    [
        .. names.Replace("\\,", "\u0001").Split(',')
            .Select(static name => name.Replace('\u0001', ','))
            .Where(static name => name.Length > 0),
    ];

    private string Attribute(string name) => _xml.GetAttribute(name) ?? "";

    private LocationInfo Here()
    {
        IXmlLineInfo info = (IXmlLineInfo)_xml;
        LinePosition position = new(Math.Max(info.LineNumber - 1, 0), Math.Max(info.LinePosition - 1, 0));
        int start = Math.Min(_text.Lines[position.Line].Start + position.Character, _text.Length);
        return new LocationInfo(_path, new TextSpan(start, 0), new LinePositionSpan(position, position));
    }

    private sealed class Layer(string id, string name, string outputNames, LocationInfo location)
    {
        public string Id => id;

        public string Name => name;

        public string OutputNames => outputNames;

        public LocationInfo Location => location;

        public string ElementType { get; set; } = "";

        public string Shape { get; set; } = "";

        public string OutputPort { get; set; } = "";

        public Port? Input { get; set; }
    }

    private sealed class Port(string precision)
    {
        public string Precision => precision;

        public List<string> Dimensions { get; } = [];
    }
}
