using Ovms.Generation.Models;
using Ovms.Generation.Steps;
using Ovms.Native;
using Ovms.Native.Paging;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Generation.Models;

/// <summary>The small language model in the repository, in both forms.</summary>
internal static class TinyModel
{
    /// <summary>Its folder.</summary>
    public static string Folder { get; } = Path.Combine(Repo.Root, "tests", "models", "tiny_lm");

    /// <summary>Its text.</summary>
    public static string Text { get; } = Path.Combine(Folder, "openvino_model.xml");

    /// <summary>Size of its vocabulary.</summary>
    public const int Vocabulary = 64;

    /// <summary>F32 throughout.</summary>
    public static LanguageModelSettings Exact { get; } = With("f32");

    /// <summary>F32 arithmetic and a KV cache of a precision.</summary>
    public static LanguageModelSettings With(string cache) => new(
        "CPU",
        [
            KeyValuePair.Create("INFERENCE_PRECISION_HINT", "f32"), KeyValuePair.Create("KV_CACHE_PRECISION", cache),
            KeyValuePair.Create("DYNAMIC_QUANTIZATION_GROUP_SIZE", "0"),
        ],
        1 << 20,
        8);

    /// <summary>Over paged attention; skips the test where there is none.</summary>
    public static PagedModel Page(LanguageModelSettings? settings = null, IrOutline? outline = null)
    {
        if (PagedAttention.Load(Engine.Core, out string? refusal) is not { } paged)
        {
            Skip.Test(refusal!);
            throw new InvalidOperationException();
        }

        ModelForms forms = new(Engine.Core, Text, outline ?? IrOutlineReader.Read(Text));
        using Model model = forms.Transform(paged).Value!;
        return Given(forms.Page(model, settings ?? Exact)).Model;
    }

    /// <summary>With a request for each sequence.</summary>
    public static StatefulModel Plain(LanguageModelSettings? settings = null, IrOutline? outline = null) =>
        Given(new ModelForms(Engine.Core, Text, outline ?? IrOutlineReader.Read(Text)).Plain(settings ?? Exact));

    /// <summary>Tokens.</summary>
    public static int[] Ids(int count, int seed = 1)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(Vocabulary))];
    }

    /// <summary>Computes a sequence from the start in pieces that end at the given lengths, and gives the logits of all tokens.</summary>
    public static float[][] Rows(IStepRunner runner, int[] ids, int[] ends, int[]? blocks = null, int from = 0, int slot = 0)
    {
        List<float[]> rows = [];
        blocks ??= [.. Enumerable.Range(0, 64)];
        foreach (int end in ends)
        {
            Outcome computed = runner.Run([Entry(runner, ids, from, end, blocks, slot)]);
            if (!computed.IsOk)
            {
                throw new InvalidOperationException(computed.Text);
            }

            for (int row = 0; row < end - from; row++)
            {
                rows.Add(runner.Logits(row).ToArray());
            }

            from = end;
        }

        runner.Forget(slot);
        return [.. rows];
    }

    /// <summary>An entry that wants the logits of all its tokens.</summary>
    public static StepEntry Entry(IStepRunner runner, int[] ids, int from, int end, int[] blocks, int slot = 0)
    {
        int needed = runner.Capacity.BlockTokens == 0 ? 0 : (end + runner.Capacity.BlockTokens - 1) / runner.Capacity.BlockTokens;
        return new StepEntry(slot, ids.AsMemory(0, end), from, from, blocks.AsMemory(0, needed), -1, -1);
    }

    /// <summary>Ends of pieces of one size.</summary>
    public static int[] Ends(int count, int size) => [.. Enumerable.Range(1, (count + size - 1) / size).Select(i => Math.Min(i * size, count))];

    /// <summary>The greatest difference of two numbers at one place.</summary>
    public static float Difference(float[][] expected, float[][] actual) => expected.Length == actual.Length
        ? expected.Zip(actual, static (a, b) => a.Zip(b, static (x, y) => Math.Abs(x - y)).Max()).Max()
        : float.NaN;

    private static T Given<T>(Outcome<T> outcome) => outcome.IsOk ? outcome.Value : throw new InvalidOperationException(outcome.Text);
}
