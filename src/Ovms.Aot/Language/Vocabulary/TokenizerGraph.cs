using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Ovms.Status;

namespace Ovms.Language.Vocabulary;

/// <summary>The IR of a tokenizer or a detokenizer: its layers, what feeds each of them, and the values of its constants.</summary>
internal sealed class TokenizerGraph
{
    // A document type is not needed, and a hostile one can expand without limit.
    private static readonly XmlReaderSettings s_settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreWhitespace = true,
        IgnoreProcessingInstructions = true,
    };

    private readonly XDocument _document;
    private readonly ReadOnlyMemory<byte> _weights;
    private readonly Dictionary<string, XElement> _layers;
    private readonly Dictionary<(string Layer, int Port), string> _sources = [];

    private TokenizerGraph(XDocument document, ReadOnlyMemory<byte> weights)
    {
        _document = document;
        _weights = weights;
        _layers = document.Root!.Elements("layers").Elements("layer")
            .ToDictionary(static layer => Required(layer, "id"), StringComparer.Ordinal);
        foreach (XElement edge in document.Root.Elements("edges").Elements("edge"))
        {
            _sources[(Required(edge, "to-layer"), Number(edge, "to-port"))] = Required(edge, "from-layer");
        }
    }

    /// <summary>Reads an IR.</summary>
    /// <param name="xml">The bytes of the .xml.</param>
    /// <param name="weights">The bytes of the .bin; kept, not copied.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <returns>The graph, or why the text is none.</returns>
    public static Outcome<TokenizerGraph> Parse(ReadOnlyMemory<byte> xml, ReadOnlyMemory<byte> weights, string name)
    {
        try
        {
            using StreamReader text = new(new MemoryStream(xml.ToArray(), writable: false), Encoding.UTF8);
            using XmlReader reader = XmlReader.Create(text, s_settings);
            return new TokenizerGraph(XDocument.Load(reader), weights);
        }
        catch (Exception failure) when (failure is XmlException or FormatException or OverflowException or ArgumentException)
        {
            return Outcome.Fail(
                StatusCode.ModelNotLoaded,
                $"{name} is no whole OpenVINO model: {failure.Message.TrimEnd('.')}. Copy it again, or convert the tokenizer again.");
        }
    }

    /// <summary>The layers of a type, in the order of the file.</summary>
    public IEnumerable<XElement> OfType(string type) => _layers.Values.Where(layer => TypeOf(layer) == type);

    /// <summary>The type of a layer, such as <c>VocabDecoder</c>.</summary>
    public static string TypeOf(XElement layer) => layer.Attribute("type")?.Value ?? "";

    /// <summary>An attribute of a layer; null if it has none of the name.</summary>
    public static string? Attribute(XElement layer, string name) => layer.Element("data")?.Attribute(name)?.Value;

    /// <summary>How many inputs of a layer are fed.</summary>
    public int InputCount(XElement layer)
    {
        string id = Required(layer, "id");
        int count = 0;
        while (_sources.ContainsKey((id, count)))
        {
            count++;
        }

        return count;
    }

    /// <summary>The layer that feeds an input; null if none does.</summary>
    public XElement? Source(XElement layer, int input) =>
        _sources.TryGetValue((Required(layer, "id"), input), out string? from) ? _layers.GetValueOrDefault(from) : null;

    /// <summary>The bytes of a constant; null if the layer is none, or if its bytes are not in the .bin.</summary>
    public ReadOnlyMemory<byte>? Bytes(XElement? layer)
    {
        if (layer is null || TypeOf(layer) != "Const" || layer.Element("data") is not { } data
            || !long.TryParse(data.Attribute("offset")?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out long offset)
            || !long.TryParse(data.Attribute("size")?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out long size)
            || offset > _weights.Length || size > _weights.Length - offset)
        {
            return null;
        }

        // An empty constant is written with a byte that does not belong to it.
        return IsEmpty(data) ? ReadOnlyMemory<byte>.Empty : _weights.Slice((int)offset, (int)size);
    }

    /// <summary>Bytes that the .bin must have for all constants.</summary>
    public long NeededWeights => OfType("Const").Select(static layer => layer.Element("data")).Select(static data =>
        data is not null
        && long.TryParse(data.Attribute("offset")?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out long offset)
        && long.TryParse(data.Attribute("size")?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out long size)
        && size <= long.MaxValue - offset
            ? offset + size
            : 0L).DefaultIfEmpty().Max();

    /// <summary>The numbers of a constant of 32-bit or 64-bit integers; null if the layer is none.</summary>
    public int[]? Numbers(XElement? layer)
    {
        if (Bytes(layer) is not { } bytes)
        {
            return null;
        }

        int width = Attribute(layer!, "element_type") switch { "i32" => sizeof(int), "i64" => sizeof(long), _ => 0 };
        if (width == 0 || bytes.Length % width != 0)
        {
            return null;
        }

        int[] numbers = new int[bytes.Length / width];
        for (int i = 0; i < numbers.Length; i++)
        {
            ReadOnlySpan<byte> at = bytes.Span[(i * width)..];
            numbers[i] = width == sizeof(int)
                ? BinaryPrimitives.ReadInt32LittleEndian(at)
                : (int)long.Clamp(BinaryPrimitives.ReadInt64LittleEndian(at), int.MinValue, int.MaxValue);
        }

        return numbers;
    }

    /// <summary>The text of a constant of bytes; null if the layer is none.</summary>
    public string? Text(XElement? layer) => Bytes(layer) is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null;

    /// <summary>The graph with the changes made to its elements, as the text of an IR.</summary>
    public string ToIr() => _document.ToString(SaveOptions.DisableFormatting);

    private static bool IsEmpty(XElement data) =>
        (data.Attribute("shape")?.Value ?? "").Split(',').Any(static dimension => dimension.Trim() == "0");

    private static string Required(XElement element, string name) =>
        element.Attribute(name)?.Value ?? throw new FormatException($"a <{element.Name.LocalName}> has no {name}");

    private static int Number(XElement element, string name) => int.Parse(Required(element, name), CultureInfo.InvariantCulture);
}
