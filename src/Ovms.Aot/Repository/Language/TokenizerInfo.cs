using System.Xml;
using Ovms.Disk;
using Ovms.Status;

namespace Ovms.Repository.Language;

/// <summary>Reads the values in the rt_info of a tokenizer IR, by which the converter says how the tokenizer was made.</summary>
internal static class TokenizerInfo
{
    private const int MostCharacters = 16 << 20;

    private static readonly XmlReaderSettings s_settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = MostCharacters,
        IgnoreComments = true,
        IgnoreWhitespace = true,
    };

    /// <summary>Reads the values that are not empty, by name.</summary>
    /// <param name="path">The .xml of the IR.</param>
    /// <returns>The values, or why the file cannot be read.</returns>
    public static Outcome<Dictionary<string, string>> Read(string path)
    {
        try
        {
            using FileStream stream = RegularFile.OpenRead(path, 1 << 16);
            using XmlReader reader = XmlReader.Create(stream, s_settings);
            Dictionary<string, string> values = new(StringComparer.Ordinal);
            bool isInfo = false;
            while (reader.Read())
            {
                if (reader.Depth == 1)
                {
                    isInfo = reader.NodeType == XmlNodeType.Element && reader.LocalName == "rt_info";
                }
                else if (isInfo && reader.Depth == 2 && reader.NodeType == XmlNodeType.Element
                    && reader.GetAttribute("value") is { Length: > 0 } value)
                {
                    values[reader.LocalName == "info" ? reader.GetAttribute("name") ?? "" : reader.LocalName] = value;
                }
            }

            return values;
        }
        catch (XmlException failure)
        {
            return Outcome.Fail(
                StatusCode.ModelNotLoaded,
                $"{path} is not whole: {failure.Message.TrimEnd('.')}. It may have been cut off; copy it again.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotRegularFileException)
        {
            return Outcome.Fail(StatusCode.FileInvalid, $"{path} cannot be read: {failure.Message.TrimEnd('.')}.");
        }
    }
}
