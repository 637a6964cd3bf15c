using System.Collections.Frozen;
using System.Globalization;
using System.Xml;

namespace Ovms.Repository;

/// <summary>Reads an IR in one pass and keeps only what <see cref="IrFile"/> holds. Never keeps more than one layer.</summary>
internal sealed class IrReader(XmlReader reader)
{
    // net / layers / layer; deeper layers belong to the bodies of loops and branches.
    private const int OuterLayerDepth = 2;
    private const int InfoDepthLimit = 16;
    private const int InfoNodeLimit = 20_000;

    private readonly Dictionary<string, string> _layouts = new(StringComparer.Ordinal);
    private readonly List<string> _inputNames = [];
    private readonly List<string> _outputNames = [];
    private bool _hasUnnamedInput;
    private bool _hasUnnamedOutput;
    private bool _keepsState;
    private long _weightsLength;
    private RuntimeInfo? _modelInfo;
    private int _infoNodes;

    // State of the layer begun last, at any depth: only a Const keeps data in the .bin.
    private bool _isConstant;

    // State of the current outer layer: only Parameter and Result have ports that callers see.
    private string? _layerType;
    private string[] _portNames = [];

    /// <summary>Reads to the end of the file.</summary>
    /// <param name="version">Version of the format, already read.</param>
    public IrFile ReadNet(int version)
    {
        bool onNext = reader.Read();
        while (onNext)
        {
            if (reader.NodeType != XmlNodeType.Element)
            {
                onNext = reader.Read();
                continue;
            }

            switch (reader.LocalName)
            {
                case "layer":
                    BeginLayer();
                    break;
                case "data" when _isConstant:
                    NoteWeights();
                    break;
                case "port" when _layerType == "Parameter":
                    _portNames = SplitNames(reader.GetAttribute("names"));
                    Note(_inputNames, ref _hasUnnamedInput);
                    break;
                case "attribute" when _layerType is not null && reader.GetAttribute("name") == "layout":
                    NoteLayout(reader.GetAttribute("layout"));
                    break;
                case "rt_info" when reader.Depth == 1:
                    _modelInfo = ReadInfo(1).Find("model_info");
                    continue;
                default:
                    break;
            }

            onNext = reader.Read();
        }

        return new IrFile(version, _keepsState, _weightsLength, _layouts.ToFrozenDictionary(StringComparer.Ordinal), _modelInfo)
        {
            InputNames = _hasUnnamedInput ? [] : [.. _inputNames],
            OutputNames = _hasUnnamedOutput ? [] : [.. _outputNames],
        };
    }

    private void BeginLayer()
    {
        string? type = reader.GetAttribute("type");
        _keepsState |= type is "ReadValue" or "Assign";
        _isConstant = type == "Const";
        if (reader.Depth == OuterLayerDepth)
        {
            _layerType = type is "Parameter" or "Result" ? type : null;
            _portNames = SplitNames(reader.GetAttribute("output_names"));
            if (_layerType == "Result")
            {
                Note(_outputNames, ref _hasUnnamedOutput);
            }
        }
    }

    private void Note(List<string> names, ref bool hasUnnamed)
    {
        names.AddRange(_portNames);
        hasUnnamed |= _portNames.Length == 0;
    }

    private void NoteWeights()
    {
        if (TryGetNumber("offset", out long offset) && TryGetNumber("size", out long size) && size > 0)
        {
            // On overflow report the largest number: it is beyond the end of any file and fails the check in the same way.
            long end = size > long.MaxValue - offset ? long.MaxValue : offset + size;
            _weightsLength = Math.Max(_weightsLength, end);
        }
    }

    private bool TryGetNumber(string attribute, out long value) =>
        long.TryParse(reader.GetAttribute(attribute), NumberStyles.None, CultureInfo.InvariantCulture, out value);

    // "[N,C,H,W]" → "NCHW". The short form has no place for dimension names of several letters: such layouts are ignored.
    private void NoteLayout(string? text)
    {
        string[] dimensions = text is ['[', .. string inner, ']'] ? inner.Split(',', StringSplitOptions.TrimEntries) : [];
        if (dimensions.Length == 0 || dimensions.Any(static dimension => dimension.Length != 1 && dimension != "..."))
        {
            return;
        }

        foreach (string name in _portNames)
        {
            _layouts[name] = string.Concat(dimensions);
        }
    }

    // Expects the reader on the element; leaves it on the node after the element.
    private RuntimeInfo ReadInfo(int depth)
    {
        string name = reader.LocalName == "info" && reader.GetAttribute("name") is { } given ? given : reader.LocalName;
        string? value = reader.GetAttribute("value");
        if (depth >= InfoDepthLimit || ++_infoNodes > InfoNodeLimit)
        {
            reader.Skip();
            return new RuntimeInfo(name, value, []);
        }

        bool isEmpty = reader.IsEmptyElement;
        reader.Read();
        List<RuntimeInfo> children = [];
        while (!isEmpty && !reader.EOF && reader.NodeType != XmlNodeType.EndElement)
        {
            if (reader.NodeType == XmlNodeType.Element)
            {
                children.Add(ReadInfo(depth + 1));
            }
            else
            {
                reader.Read();
            }
        }

        if (!isEmpty)
        {
            reader.Read();
        }

        return new RuntimeInfo(name, value, [.. children]);
    }

    // Names are separated by commas; a comma within a name is escaped by a backslash.
    private static string[] SplitNames(string? names)
    {
        const char Escaped = '\uFFFF';
        return names is null or ""
            ? []
            : [.. names.Replace("\\,", Escaped.ToString(), StringComparison.Ordinal).Split(',')
                .Select(static name => name.Replace(Escaped, ','))];
    }
}
