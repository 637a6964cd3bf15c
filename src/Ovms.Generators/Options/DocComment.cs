using System.Text;
using System.Xml;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;

namespace Ovms.Generators.Options;

/// <summary>Reads the summary of a doc comment as one line of plain text.</summary>
internal static class DocComment
{
    /// <summary>The summary; empty if there is none or if it is not XML (the compiler warns of that itself).</summary>
    public static string Summary(ISymbol symbol)
    {
        string? xml = symbol.GetDocumentationCommentXml();
        if (string.IsNullOrWhiteSpace(xml))
        {
            return "";
        }

        try
        {
            XElement? summary = XElement.Parse(xml).DescendantsAndSelf("summary").FirstOrDefault();
            StringBuilder text = new();
            if (summary is not null)
            {
                Append(summary, text);
            }

            return string.Join(" ", text.ToString().Split([' ', '\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries));
        }
        catch (XmlException)
        {
            return "";
        }
    }

    private static void Append(XElement element, StringBuilder text)
    {
        foreach (XNode node in element.Nodes())
        {
            switch (node)
            {
                case XText plain:
                    text.Append(plain.Value);
                    break;
                case XElement { IsEmpty: true } reference:
                    // <see cref="P:A.B.C"/>, <see langword="null"/>: readers of the help text know only the last part.
                    text.Append(reference.Attributes().FirstOrDefault()?.Value.Split('.', ':').Last());
                    break;
                case XElement child:
                    Append(child, text);
                    break;
            }
        }
    }
}
