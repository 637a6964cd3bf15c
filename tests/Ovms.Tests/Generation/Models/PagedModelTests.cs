using Ovms.Generation.Models;
using Ovms.Generation.Steps;
using Ovms.Status;

namespace Ovms.Tests.Generation.Models;

/// <summary>What the engine may expect of a model over paged attention.</summary>
public class PagedModelTests
{
    private const float Rounding = 1e-4f;

    [Test]
    public async Task Logits_AreThoseOfTheStatefulForm()
    {
        using PagedModel paged = TinyModel.Page();
        using StatefulModel plain = TinyModel.Plain();
        int[] ids = TinyModel.Ids(100);
        float[][] expected = TinyModel.Rows(plain, ids, [90, 91, 92, 100]);

        await Assert.That(TinyModel.Difference(expected, TinyModel.Rows(paged, ids, [90, 91, 92, 100]))).IsLessThan(Rounding);
        await Assert.That(paged.Capacity.Vocabulary).IsEqualTo(TinyModel.Vocabulary);
        await Assert.That(paged.Capacity.BlockTokens).IsEqualTo(32);
    }

    [Test]
    [Arguments(1)]
    [Arguments(7)]
    [Arguments(32)]
    [Arguments(33)]
    public async Task Prompt_MayComeInPiecesOfAnySize(int size)
    {
        using PagedModel paged = TinyModel.Page();
        int[] ids = TinyModel.Ids(100);
        float[][] whole = TinyModel.Rows(paged, ids, [100]);
        await Assert.That(TinyModel.Difference(whole, TinyModel.Rows(paged, ids, TinyModel.Ends(100, size)))).IsLessThan(Rounding);
    }

    [Test]
    [Arguments("u8")]
    [Arguments("f32")]
    public async Task PiecesThatEndAtBlocks_ChangeNoBit(string cache)
    {
        using PagedModel paged = TinyModel.Page(TinyModel.With(cache));
        int[] ids = TinyModel.Ids(170);
        float[][] whole = TinyModel.Rows(paged, ids, [170]);
        foreach (int[] ends in new int[][] { [32, 170], [64, 128, 170], TinyModel.Ends(170, 32), [160, 170], [96, 170] })
        {
            await Assert.That(TinyModel.Difference(whole, TinyModel.Rows(paged, ids, ends))).IsEqualTo(0f).Because(string.Join(' ', ends));
        }
    }

    [Test]
    public async Task PromptsAndSingleTokens_InOneStep_AreComputedAsAlone()
    {
        using PagedModel paged = TinyModel.Page();
        (int[] Ids, int From, int[] Blocks)[] sequences =
        [
            (TinyModel.Ids(70, 1), 69, [4, 9, 2]), (TinyModel.Ids(40, 2), 0, [7, 0]), (TinyModel.Ids(33, 3), 32, [11, 5]), (TinyModel.Ids(5, 4), 0, [12]),
        ];
        float[][] alone = [.. sequences.SelectMany(s => TinyModel.Rows(paged, s.Ids, [s.Ids.Length])[s.From..])];
        foreach ((int[] ids, int from, int[] blocks) in sequences.Where(static s => s.From > 0))
        {
            TinyModel.Rows(paged, ids, [from], blocks);
        }

        StepEntry[] entries = [.. sequences.Select((s, slot) => TinyModel.Entry(paged, s.Ids, s.From, s.Ids.Length, s.Blocks, slot))];
        await Assert.That(paged.Run(entries).IsOk).IsTrue();
        float[][] together = [.. Enumerable.Range(0, alone.Length).Select(row => paged.Logits(row).ToArray())];
        await Assert.That(TinyModel.Difference(alone, together)).IsLessThan(Rounding);

        // A step that runs again writes the same places.
        await Assert.That(paged.Run(entries).IsOk).IsTrue();
        float[][] again = [.. Enumerable.Range(0, alone.Length).Select(row => paged.Logits(row).ToArray())];
        await Assert.That(TinyModel.Difference(together, again)).IsEqualTo(0f);
    }

    [Test]
    [Arguments("u8")]
    [Arguments("f32")]
    public async Task FullBlocks_ServeAnotherSequence(string cache)
    {
        using PagedModel paged = TinyModel.Page(TinyModel.With(cache));
        int[] first = TinyModel.Ids(90, 1);
        int[] second = [.. first[..64], .. TinyModel.Ids(20, 2)];
        float[][] alone = TinyModel.Rows(paged, second, [84], [10, 11, 12]);

        float[][] before = TinyModel.Rows(paged, first, [90], [0, 1, 2]);
        float[][] shared = TinyModel.Rows(paged, second, [84], [0, 1, 3], from: 64);

        await Assert.That(TinyModel.Difference(alone[64..], shared)).IsEqualTo(0f);
        // The first one goes on as if it were alone.
        await Assert.That(TinyModel.Difference(before[64..], TinyModel.Rows(paged, first, [90], [0, 1, 2], from: 64))).IsEqualTo(0f);
    }

    [Test]
    public async Task Rows_AreThoseThatAreWanted()
    {
        using PagedModel paged = TinyModel.Page();
        int[] ids = TinyModel.Ids(40);
        float[][] all = TinyModel.Rows(paged, ids, [40]);
        StepEntry entry = TinyModel.Entry(paged, ids, 0, 40, [0, 1]);

        await Assert.That(paged.Run([entry with { SampleFrom = 40 }]).IsOk).IsTrue();
        await Assert.That(paged.Run([entry with { SampleFrom = 37 }, entry with { Slot = 1, Blocks = new[] { 2, 3 }, SampleFrom = 39 }]).IsOk).IsTrue();
        float[][] some = [.. Enumerable.Range(0, 4).Select(row => paged.Logits(row).ToArray())];
        await Assert.That(TinyModel.Difference([.. all[37..], all[39]], some)).IsLessThan(Rounding);
    }

    [Test]
    public async Task WithoutTheEditOfTheHead_TheSameRowsAreGiven()
    {
        IrOutline outline = IrOutlineReader.Read(TinyModel.Text);
        outline.Constants.Clear();
        using PagedModel edited = TinyModel.Page();
        using PagedModel plain = TinyModel.Page(outline: outline);
        int[] ids = TinyModel.Ids(40);
        StepEntry[] entries =
        [
            TinyModel.Entry(plain, ids, 0, 40, [0, 1]) with { SampleFrom = 38 }, TinyModel.Entry(plain, ids, 0, 20, [2], slot: 1) with { SampleFrom = 19 },
        ];
        await Assert.That(edited.Run(entries).IsOk && plain.Run(entries).IsOk).IsTrue();
        float[][] expected = [.. Enumerable.Range(0, 3).Select(row => edited.Logits(row).ToArray())];
        float[][] actual = [.. Enumerable.Range(0, 3).Select(row => plain.Logits(row).ToArray())];
        await Assert.That(TinyModel.Difference(expected, actual)).IsLessThan(Rounding);
    }

    [Test]
    public async Task Restart_KeepsTheModel()
    {
        using PagedModel paged = TinyModel.Page();
        int[] ids = TinyModel.Ids(50);
        float[][] before = TinyModel.Rows(paged, ids, [50]);
        await Assert.That(paged.Restart().IsOk).IsTrue();
        await Assert.That(TinyModel.Difference(before, TinyModel.Rows(paged, ids, [50]))).IsEqualTo(0f);
    }

    [Test]
    public async Task Cache_IsAsLargeAsAllowed()
    {
        using PagedModel small = TinyModel.Page(TinyModel.Exact with { CacheBytes = 100_000 });
        using PagedModel bounded = TinyModel.Page(TinyModel.Exact with { CacheBytes = 1L << 40, MaxTokens = 100 });
        // Keys and values of two layers, two heads of eight numbers each: 8,192 bytes a block.
        await Assert.That(small.Capacity.Blocks).IsEqualTo(12);
        await Assert.That(bounded.Capacity.Blocks).IsEqualTo(4);

        Outcome<LoadedLanguageModel> none = LanguageModelLoader.Load(Setup.Engine.Core, TinyModel.Folder, TinyModel.Exact with { CacheBytes = 8000 });
        await Assert.That(none.Text).Contains("a KV cache of 8000 bytes holds no block of 32 tokens, which takes 8192 bytes");
    }

    [Test]
    public async Task Step_AllocatesLittle()
    {
        using PagedModel paged = TinyModel.Page();
        int[] ids = TinyModel.Ids(200);
        StepEntry[] entries = [.. Enumerable.Range(0, 4).Select(slot => TinyModel.Entry(paged, ids, 0, 33 + slot, [2 * slot, (2 * slot) + 1], slot))];
        paged.Run(entries);
        StepEntry[] next = [.. entries.Select(static entry => entry with { From = entry.Ids.Length - 1, SampleFrom = entry.Ids.Length - 1 })];
        long bytes = Allocation.Of(() =>
        {
            paged.Run(next);
            paged.Logits(3)[0] = 0;
        });
        await Assert.That(bytes).IsLessThan(400);
    }
}
