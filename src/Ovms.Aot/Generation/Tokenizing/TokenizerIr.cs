using System.Globalization;
using System.Xml.Linq;
using Ovms.Language.Vocabulary;
using Ovms.Native;
using Ovms.Repository.Language;
using Ovms.Status;

namespace Ovms.Generation.Tokenizing;

/// <summary>The IR of a tokenizer or detokenizer in memory. Its constants can be changed before it is compiled.</summary>
internal sealed class TokenizerIr
{
    // The .xml of a tokenizer has some twenty-five kilobytes, its .bin as many bytes as the vocabulary and its merges.
    private const long MostXmlBytes = 16 << 20;
    private const long MostWeightBytes = 512 << 20;

    private readonly string _path;
    private readonly byte[] _weights;
    private readonly List<byte> _added = [];

    private TokenizerIr(string path, TokenizerGraph graph, byte[] weights)
    {
        _path = path;
        Graph = graph;
        _weights = weights;
    }

    /// <summary>The layers.</summary>
    public TokenizerGraph Graph { get; }

    /// <summary>Reads the .xml and the .bin beside it.</summary>
    public static Outcome<TokenizerIr> Read(string path)
    {
        Outcome<byte[]> xml = BoundedFile.Read(path, MostXmlBytes);
        if (!xml.IsOk)
        {
            return xml.WithoutValue;
        }

        Outcome<byte[]> weights = BoundedFile.Read(Path.ChangeExtension(path, ".bin"), MostWeightBytes);
        if (!weights.IsOk)
        {
            return weights.WithoutValue;
        }

        Outcome<TokenizerGraph> graph = TokenizerGraph.Parse(xml.Value, weights.Value, path);
        return graph.IsOk ? new TokenizerIr(path, graph.Value, weights.Value) : graph.WithoutValue;
    }

    /// <summary>Makes a constant of one 32-bit integer hold another value.</summary>
    public void SetNumber(XElement constant, int value)
    {
        constant.Element("data")!.SetAttributeValue(
            "offset", (_weights.Length + _added.Count).ToString(CultureInfo.InvariantCulture));
        _added.AddRange(BitConverter.GetBytes(value));
    }

    /// <summary>Makes a constant hold nothing.</summary>
    public static void Empty(XElement constant)
    {
        constant.Element("data")!.SetAttributeValue("shape", "0");
        constant.Element("data")!.SetAttributeValue("size", "0");
        constant.Descendants("dim").ToList().ForEach(static dimension => dimension.Value = "0");
    }

    /// <summary>The bytes of the .bin, to be changed in place before <see cref="Compile"/>.</summary>
    public Span<byte> Weights => _weights;

    /// <summary>Compiles the model for the CPU, with as many streams as a pool has requests.</summary>
    public Outcome<CompiledModel> Compile(Core core)
    {
        try
        {
            using Tensor weights = Tensor.Allocate(ElementType.U8, [_weights.Length + _added.Count]);
            _weights.CopyTo(weights.Bytes);
            _added.ToArray().CopyTo(weights.Bytes[_weights.Length..]);
            using Model model = core.ReadModelText(Graph.ToIr(), weights);
            string streams = RequestPool.Size.ToString(CultureInfo.InvariantCulture);
            return core.Compile(model, "CPU", [new("NUM_STREAMS", streams), new("INFERENCE_NUM_THREADS", streams)]);
        }
        catch (OpenVinoException failure)
        {
            return Outcome.Fail(
                StatusCode.ModelNotLoaded,
                $"{_path} cannot be used: {failure.Said}. If another version of openvino-tokenizers converted it, convert it again.");
        }
    }
}
