using System.Globalization;
using System.Xml;
using Ovms.Disk;

namespace Ovms.Generation.Models;

/// <summary>Reads the outline of an IR in one pass over its text, which may be tens of megabytes.</summary>
internal static class IrOutlineReader
{
    /// <summary>Constants of more bytes are no axes.</summary>
    private const int LargestConstant = 64;

    private const int LayerDepth = 2;
    private const int PortDepth = 4;

    private static readonly IrLayer s_other = new("", []);

    private static readonly HashSet<string> s_headTypes = ["Result", "MatMul", "Add", "Subtract", "Multiply", "Divide", "Tanh", "Convert"];

    /// <summary>Settings for the text of an IR; the text is the user's, so that nothing outside it is opened.</summary>
    public static XmlReaderSettings Settings { get; } = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreWhitespace = true,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        CheckCharacters = false,
    };

    /// <summary>Reads it.</summary>
    /// <exception cref="XmlException">The file is not XML.</exception>
    /// <exception cref="FormatException">It is no IR.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IrOutline Read(string path)
    {
        IrOutline outline = new();
        using Stream file = RegularFile.OpenRead(path, bufferSize: 1 << 16);
        using XmlReader reader = XmlReader.Create(file, Settings);
        bool isFirst = true;
        while (reader.Read())
        {
            if (reader.NodeType != XmlNodeType.Element)
                continue;
            if (isFirst && reader.LocalName != "net")
                throw new FormatException($"The text begins with <{reader.LocalName}>; an IR begins with <net>.");
            isFirst = false;
            if (reader.Depth == LayerDepth && reader.LocalName == "layer")
                ReadLayer(reader, outline);
            else if (reader.Depth == LayerDepth && reader.LocalName == "edge")
                outline.Sources[(Number(reader, "to-layer"), Number(reader, "to-port"))] = Number(reader, "from-layer");
        }

        return outline;
    }

    private static void ReadLayer(XmlReader reader, IrOutline outline)
    {
        int id = Number(reader, "id");
        string type = reader.GetAttribute("type") ?? "";
        bool isHeadType = s_headTypes.Contains(type);
        List<IrPort> inputs = [];
        List<long>? dimensions = null;
        bool inInput = false;
        if (!reader.IsEmptyElement)
        {
            while (reader.Read() && !(reader.NodeType == XmlNodeType.EndElement && reader.Depth == LayerDepth))
            {
                if (reader.NodeType != XmlNodeType.Element)
                    continue;
                switch (reader.Depth, reader.LocalName)
                {
                    case (LayerDepth + 1, "data"):
                        ReadData(reader, type, outline);
                        break;
                    case (LayerDepth + 1, "input"):
                        inInput = true;
                        break;
                    case (LayerDepth + 1, _):
                        inInput = false;
                        break;
                    case (PortDepth, "port") when inInput && isHeadType:
                        dimensions = [];
                        inputs.Add(new IrPort(Number(reader, "id"), reader.GetAttribute("precision") ?? "", dimensions));
                        break;
                    case (PortDepth, "port"):
                        dimensions = null;
                        if (!inInput && HasName(reader.GetAttribute("names"), "logits"))
                            outline.LogitsLayer = id;
                        break;
                    case (PortDepth + 1, "dim"):
                        string dimension = reader.ReadString();
                        dimensions?.Add(Dimension(dimension));
                        break;
                    default:
                        break;
                }
            }
        }

        outline.Layers[id] = isHeadType ? new IrLayer(type, inputs) : s_other;
        outline.LastId = Math.Max(outline.LastId, id);
    }

    private static void ReadData(XmlReader reader, string type, IrOutline outline)
    {
        if (type == "ReadValue" && reader.GetAttribute("variable_id") is { } variable)
        {
            string shape = reader.GetAttribute("variable_shape") ?? "";
            outline.States.Add(new IrState(variable, [.. shape.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Dimension)]));
        }
        else if (type == "Const" && reader.GetAttribute("element_type") is "i32" or "i64")
        {
            int bytes = reader.GetAttribute("element_type") == "i32" ? sizeof(int) : sizeof(long);
            if (long.TryParse(reader.GetAttribute("offset"), NumberStyles.None, CultureInfo.InvariantCulture, out long offset)
                && int.TryParse(reader.GetAttribute("size"), NumberStyles.None, CultureInfo.InvariantCulture, out int size)
                && size is > 0 and <= LargestConstant)
            {
                outline.Constants.Add(new IrConstant(bytes, offset, size / bytes));
            }
        }
    }

    // "?", "-1" and "1..8" are open.
    private static long Dimension(string text) =>
        long.TryParse(text.AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : -1;

    private static bool HasName(string? names, string name) => names is not null && names.Split(',').Contains(name);

    private static int Number(XmlReader reader, string attribute) =>
        int.TryParse(reader.GetAttribute(attribute), NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            ? value
            : throw new FormatException(
                $"<{reader.LocalName}> has {attribute}=\"{reader.GetAttribute(attribute)}\"; a number is expected.");
}
