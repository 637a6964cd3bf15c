using System.Runtime.InteropServices;
using System.Xml.Linq;
using Ovms.Language.Vocabulary;
using Ovms.Native;
using Ovms.Repository.Language;
using Ovms.Status;

namespace Ovms.Generation.Tokenizing;

/// <summary>
/// The IR that turns a text into ids. It never cuts a text off, whatever the converter was told: the length of a prompt is for its reader
/// to judge.
/// </summary>
internal sealed class TokenizerModel : IDisposable
{
    // What the converter itself writes for "no limit": a little less than the largest number, since ids are added to it.
    private const int NoLimit = int.MaxValue - 64;

    private readonly RequestPool _pool;
    private readonly int _mask;
    private readonly int _ids;

    private TokenizerModel(CompiledModel compiled, TokenizerGraph graph, EncodingLimits limits)
    {
        _ids = Math.Max(0, Output(graph, "input_ids"));
        _mask = Output(graph, "attention_mask");
        Around = SurroundingIds.Of(graph);
        _pool = new RequestPool(compiled, limits);
    }

    /// <summary>The special tokens before and after each text, by the constants of the IR; null if they are not in them.</summary>
    public SurroundingIds? Around { get; }

    /// <summary>Reads and compiles the IR.</summary>
    public static Outcome<TokenizerModel> Load(Core core, LanguageFolder folder, EncodingLimits limits)
    {
        Outcome<TokenizerIr> ir = TokenizerIr.Read(folder.Tokenizer);
        if (!ir.IsOk)
        {
            return ir.WithoutValue;
        }

        Outcome form = TokenizerForm.OfTokenizer(ir.Value, folder);
        if (!form.IsOk)
        {
            return form;
        }

        RemoveLimits(ir.Value);
        Outcome<CompiledModel> compiled = ir.Value.Compile(core);
        if (!compiled.IsOk)
        {
            return compiled.WithoutValue;
        }

        if (compiled.Value.Inputs.Count != 1)
        {
            int inputs = compiled.Value.Inputs.Count;
            compiled.Value.Dispose();
            return Outcome.Fail(
                StatusCode.ModelNotLoaded,
                $"{folder.Tokenizer} takes {inputs} texts at a time; a language model needs one that takes one. Convert the tokenizer "
                + "again without --number-of-inputs.");
        }

        return new TokenizerModel(compiled.Value, ir.Value.Graph, limits);
    }

    /// <summary>The ids of a text, with the special tokens that the IR puts around it.</summary>
    /// <param name="text">Its bytes in UTF-8, which must not change meanwhile.</param>
    public ValueTask<Outcome<int[]>> EncodeAsync(ReadOnlyMemory<byte> text, CancellationToken cancellation) =>
        _pool.RunAsync(request => Encode(request, text.Span), cancellation);

    /// <inheritdoc/>
    public void Dispose() => _pool.Dispose();

    // Older converters write the cut as the lesser of a limit and the length.
    private static void RemoveLimits(TokenizerIr ir)
    {
        foreach (XElement cut in ir.Graph.OfType("Truncate"))
        {
            RemoveLimit(ir, ir.Graph.Source(cut, ir.Graph.InputCount(cut) - 3));
        }

        foreach (XElement lesser in ir.Graph.OfType("Minimum"))
        {
            XElement?[] sides = [ir.Graph.Source(lesser, 0), ir.Graph.Source(lesser, 1)];
            if (sides.Any(static side => side is not null && TokenizerGraph.TypeOf(side) == "Subtract"))
            {
                Array.ForEach(sides, side => RemoveLimit(ir, side));
            }
        }
    }

    // The limit is a constant, or chosen from two constants by a state that the converter's option sets.
    private static void RemoveLimit(TokenizerIr ir, XElement? limit)
    {
        if (limit is not null && TokenizerGraph.TypeOf(limit) == "Select")
        {
            RemoveLimit(ir, ir.Graph.Source(limit, 1));
            RemoveLimit(ir, ir.Graph.Source(limit, 2));
        }
        else if (limit is not null && ir.Graph.Numbers(limit) is { Length: 1 } && TokenizerGraph.Attribute(limit, "element_type") == "i32")
        {
            ir.SetNumber(limit, NoLimit);
        }
    }

    // The outputs stand in the order of the file, where each has one or more names.
    private static int Output(TokenizerGraph graph, string name) => graph.OfType("Result")
        .ToList().FindIndex(result => (result.Attribute("output_names")?.Value ?? "").Split(',').Contains(name));

    private int[] Encode(InferRequest request, ReadOnlySpan<byte> text)
    {
        using Tensor input = Tensor.CreateStrings([1], [text.Length], text);
        request.SetInput(0, input);
        request.Infer();
        using Tensor output = request.GetOutput(_ids);
        int[] ids = Numbers(output);
        if (_mask < 0)
        {
            return ids;
        }

        // A converter that was told to pad to a fixed length marks the padding with 0.
        using Tensor maskOutput = request.GetOutput(_mask);
        int[] mask = Numbers(maskOutput);
        return mask.AsSpan().Contains(0) ? [.. ids.Where((_, i) => mask[i] != 0)] : ids;
    }

    private static int[] Numbers(Tensor tensor)
    {
        if (tensor.ElementType == ElementType.I32)
        {
            return MemoryMarshal.Cast<byte, int>(tensor.Bytes).ToArray();
        }

        ReadOnlySpan<long> wide = MemoryMarshal.Cast<byte, long>(tensor.Bytes);
        int[] numbers = new int[wide.Length];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = checked((int)wide[i]);
        }

        return numbers;
    }
}
