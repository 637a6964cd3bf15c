using Ovms.Generation.Scheduling;

namespace Ovms.Tests.Generation.Scheduling;

public sealed class PromptSharesTests
{
    private const int Unlimited = int.MaxValue;

    // Prompts as computed+pending, budget, then their shares.
    [Test]
    [Arguments("0+100", 1000, "100")]
    [Arguments("0+100", 96, "96")]
    [Arguments("0+100", 99, "96")]
    [Arguments("32+100", 64, "64")]
    [Arguments("0+32000 0+50", 128, "64 50")]
    [Arguments("0+32000 0+50", 256, "192 50")]
    [Arguments("0+32000 0+9000 0+50", 256, "128 64 50")]
    [Arguments("0+32000 0+9000 0+9000", 256, "128 128 0")]
    [Arguments("0+40 0+9000 0+9000", 256, "40 192 0")]
    [Arguments("0+40 0+20 0+20", 256, "40 20 20")]
    [Arguments("0+32000 0+50", 32, "32 0")]
    [Arguments("0+32000 0+500 0+50", 96, "64 0 32")]
    public async Task Budget_IsShared(string prompts, int budget, string expected)
    {
        await Assert.That(Share(prompts, budget, 32, 0)).IsEqualTo(expected);
    }

    [Test]
    public async Task SingleBlock_GoesToTheOldestAndToTheOthersInTurns()
    {
        await Assert.That(Share("0+32000 0+500 0+40", 32, 32, 1)).IsEqualTo("0 0 32");
        await Assert.That(Share("0+32000 0+500 0+40", 32, 32, 2)).IsEqualTo("32 0 0");
    }

    [Test]
    public async Task WithoutBlocks_PiecesEndAnywhere()
    {
        await Assert.That(Share("0+100 0+30", 50, 1, 0)).IsEqualTo("25 25");
        await Assert.That(Share("0+100 7+3", 50, 1, 0)).IsEqualTo("47 3");
    }

    [Test]
    public async Task Limit_HoldsBackOnePromptOnly()
    {
        int[] counts = new int[2];
        PromptShares.Compute([new PromptWork(0, 1000, 32), new PromptWork(0, 1000, Unlimited)], 256, 32, 0, counts);
        await Assert.That(counts).IsEquivalentTo([32, 224], TUnit.Assertions.Enums.CollectionOrdering.Matching);
    }

    // Whatever the prompts are: pieces end at borders, the budget holds, the oldest gets half of it, and no token is left while there is work.
    [Test]
    public async Task RandomPrompts_AreSharedByTheRules()
    {
        Random random = new(3);
        for (int round = 0; round < 20_000; round++)
        {
            PromptWork[] prompts =
            [
                .. Enumerable.Range(0, random.Next(1, 6)).Select(_ => new PromptWork(32 * random.Next(4), random.Next(1, 400), Unlimited)),
            ];
            int budget = 32 * random.Next(1, 16);
            int[] counts = new int[prompts.Length];
            PromptShares.Compute(prompts, budget, 32, round, counts);
            bool cutRight = prompts.Zip(counts).All(
                static item => item.Second <= item.First.Pending
                    && (item.Second == item.First.Pending || (item.First.Computed + item.Second) % 32 == 0));
            int left = prompts.Zip(counts).Min(static item => item.First.Pending == item.Second ? Unlimited : 32);
            await Assert.That(cutRight && counts.Sum() <= budget && counts.Sum() + Math.Min(left, Unlimited - budget) > budget).IsTrue();
            if (budget >= 64)
            {
                await Assert.That(counts[0] >= Math.Min(prompts[0].Pending, budget / 2)).IsTrue();
            }
        }
    }

    private static string Share(string prompts, int budget, int blockTokens, long turn)
    {
        PromptWork[] work =
        [
            .. prompts.Split(' ').Select(static item => item.Split('+').Select(int.Parse).ToArray()).Select(static item => new PromptWork(item[0], item[1], Unlimited)),
        ];
        int[] counts = new int[work.Length];
        PromptShares.Compute(work, budget, blockTokens, turn, counts);
        return string.Join(' ', counts);
    }
}
