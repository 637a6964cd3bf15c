using System.Globalization;
using System.Text;
using System.Xml;
using Ovms.Disk;

namespace Ovms.Generation.Models;

/// <summary>
/// Edits the text of an IR: the hidden states of the wanted tokens alone go into the head. A prompt of 4,000 tokens would else make 4,000
/// rows of logits, of which one is read.
/// </summary>
internal static class RowGather
{
    /// <summary>The new input: indices of the wanted rows, I64 of any number, also none.</summary>
    public const string InputName = "sampled_tokens_indices";

    private static readonly XmlWriterSettings s_settings = new()
    {
        CheckCharacters = false,
        NewLineHandling = NewLineHandling.Entitize,
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
    };

    /// <summary>Writes the edited text.</summary>
    /// <param name="from">The file with the text.</param>
    /// <param name="to">The new file.</param>
    /// <param name="outline">Its outline.</param>
    /// <param name="head">Its head.</param>
    /// <param name="axis">A constant that holds the axis of the tokens: 0 over paged attention, where they lie in the first one, else
    /// 1.</param>
    public static void Write(string from, string to, IrOutline outline, LogitsHead head, IrConstant axis)
    {
        int rows = outline.LastId + 1;
        int constant = rows + 1;
        int gather = rows + 2;
        using Stream source = RegularFile.OpenRead(from, bufferSize: 1 << 16);
        using XmlReader reader = XmlReader.Create(source, IrOutlineReader.Settings);
        using FileStream target = new(to, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 1 << 16);
        using XmlWriter writer = XmlWriter.Create(target, s_settings);
        (string Layer, string Port) hidden = ("", "");
        while (reader.Read())
        {
            if (reader is { NodeType: XmlNodeType.Element, Depth: 2, LocalName: "edge" }
                && reader.GetAttribute("to-layer") == Text(head.Layer) && reader.GetAttribute("to-port") == Text(head.Hidden.Id))
            {
                hidden = (reader.GetAttribute("from-layer")!, reader.GetAttribute("from-port")!);
                Edge(writer, Text(gather), "3", head.Layer, head.Hidden.Id);
                reader.Skip();
                if (reader.NodeType == XmlNodeType.None)
                    break;
            }

            if (reader is { NodeType: XmlNodeType.EndElement, Depth: 1, LocalName: "layers" })
                Layers(writer, rows, constant, gather, head.Hidden, axis);
            if (reader is { NodeType: XmlNodeType.EndElement, Depth: 1, LocalName: "edges" })
            {
                Edge(writer, hidden.Layer, hidden.Port, gather, 0);
                Edge(writer, Text(rows), "0", gather, 1);
                Edge(writer, Text(constant), "0", gather, 2);
            }

            Copy(reader, writer);
        }
    }

    private static void Copy(XmlReader reader, XmlWriter writer)
    {
        switch (reader.NodeType)
        {
            case XmlNodeType.Element:
                writer.WriteStartElement(reader.LocalName);
                writer.WriteAttributes(reader, defattr: false);
                if (reader.IsEmptyElement)
                    writer.WriteEndElement();
                break;
            case XmlNodeType.EndElement:
                writer.WriteEndElement();
                break;
            case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace:
                writer.WriteString(reader.Value);
                break;
            default:
                break;
        }
    }

    private static void Layers(XmlWriter writer, int rows, int constant, int gather, IrPort hidden, IrConstant axis)
    {
        (string type, string precision) = axis.Bytes == sizeof(int) ? ("i32", "I32") : ("i64", "I64");
        writer.WriteRaw(string.Create(
            CultureInfo.InvariantCulture,
            $"""
            <layer id="{rows}" name="{InputName}" type="Parameter" version="opset1"><data shape="?" element_type="i64"/>
            <output><port id="0" precision="I64" names="{InputName}"><dim>-1</dim></port></output></layer>
            <layer id="{constant}" name="{InputName}/axis" type="Const" version="opset1">
            <data element_type="{type}" shape="" offset="{axis.Offset}" size="{axis.Bytes}"/>
            <output><port id="0" precision="{precision}"/></output></layer>
            <layer id="{gather}" name="{InputName}/rows" type="Gather" version="opset8"><data batch_dims="0"/>
            <input><port id="0"/><port id="1"/><port id="2"/></input>
            <output><port id="3" precision="{hidden.Precision}"/></output></layer>
            """));
    }

    private static void Edge(XmlWriter writer, string fromLayer, string fromPort, int toLayer, int toPort)
    {
        writer.WriteStartElement("edge");
        writer.WriteAttributeString("from-layer", fromLayer);
        writer.WriteAttributeString("from-port", fromPort);
        writer.WriteAttributeString("to-layer", Text(toLayer));
        writer.WriteAttributeString("to-port", Text(toPort));
        writer.WriteEndElement();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
