using Ovms.Generation.Scheduling;

namespace Ovms.Tests.Generation.Scheduling;

public sealed class PromptSharesTests
{
    private const int Unlimited = int.MaxValue;

    // Prompts as computed+pending@due, budget, then their shares.
    [Test]
    [Arguments("0+100@0", 1000, "100")]
    [Arguments("0+100@0", 96, "96")]
    [Arguments("0+100@0", 99, "96")]
    [Arguments("32+100@0", 64, "64")]
    [Arguments("0+32000@20 0+50@1", 128, "64 50")]
    [Arguments("0+32000@20 0+9000@7 0+50@2", 256, "0 192 50")]
    [Arguments("0+32000@20 0+9000@30 0+50@25", 256, "256 0 0")]
    [Arguments("0+40@1 0+9000@1 0+9000@1", 256, "40 192 0")]
    [Arguments("0+40@3 0+20@2 0+20@1", 64, "0 20 20")]
    [Arguments("0+32000@20 0+50@1", 32, "0 32")]
    public async Task PromptThatIsDueFirst_GetsAllThatItCanUse(string prompts, int budget, string expected)
    {
        await Assert.That(Share(prompts, budget, 32)).IsEqualTo(expected);
    }

    [Test]
    public async Task WithoutBlocks_PiecesEndAnywhere()
    {
        await Assert.That(Share("0+100@2 0+30@1", 50, 1)).IsEqualTo("20 30");
        await Assert.That(Share("0+100@2 7+3@1", 50, 1)).IsEqualTo("47 3");
    }

    [Test]
    public async Task Limit_HoldsBackOnePromptOnly()
    {
        int[] counts = new int[2];
        PromptShares.Compute([new PromptWork(0, 1000, 32, 0), new PromptWork(0, 1000, Unlimited, 0)], 256, 32, counts);
        await Assert.That(counts).IsEquivalentTo([32, 224], TUnit.Assertions.Enums.CollectionOrdering.Matching);
    }

    // Computed and budget of a prompt of 1,000 tokens that is cut after 992.
    [Test]
    [Arguments(0, 2000, 992)]
    [Arguments(0, 512, 512)]
    [Arguments(960, 64, 32)]
    [Arguments(992, 64, 8)]
    public async Task Cut_EndsAPiece(int computed, int budget, int expected)
    {
        int[] counts = new int[1];
        PromptShares.Compute([new PromptWork(computed, 1000 - computed, Unlimited, 0) { Cut = 992 }], budget, 32, counts);
        await Assert.That(counts[0]).IsEqualTo(expected);
    }

    // Whatever the prompts are: pieces end at borders, the budget holds, no block is left while there is work, and nobody gets a token
    // while one that is due earlier gets none.
    [Test]
    public async Task RandomPrompts_AreSharedByTheRules()
    {
        Random random = new(3);
        for (int round = 0; round < 20_000; round++)
        {
            PromptWork[] prompts =
            [
                .. Enumerable.Range(0, random.Next(1, 6))
                    .Select(_ => new PromptWork(32 * random.Next(4), random.Next(1, 400), Unlimited, random.Next(4))),
            ];
            int budget = 32 * random.Next(1, 16);
            int[] counts = new int[prompts.Length];
            PromptShares.Compute(prompts, budget, 32, counts);
            bool cutRight = prompts.Zip(counts).All(
                static item => item.Second <= item.First.Pending
                    && (item.Second == item.First.Pending || (item.First.Computed + item.Second) % 32 == 0));
            bool isDone = prompts.Zip(counts).All(static item => item.First.Pending == item.Second);
            bool inOrder = !prompts.Where((prompt, i) => counts[i] == 0
                && prompts.Where((other, j) => other.Due > prompt.Due && counts[j] > 0).Any()).Any();
            await Assert.That(cutRight && inOrder && counts.Sum() <= budget && (isDone || counts.Sum() + 32 > budget)).IsTrue();
        }
    }

    private static string Share(string prompts, int budget, int blockTokens)
    {
        PromptWork[] work =
        [
            .. prompts.Split(' ').Select(static item => item.Split('+', '@').Select(int.Parse).ToArray())
                .Select(static item => new PromptWork(item[0], item[1], Unlimited, item[2])),
        ];
        int[] counts = new int[work.Length];
        PromptShares.Compute(work, budget, blockTokens, counts);
        return string.Join(' ', counts);
    }
}
