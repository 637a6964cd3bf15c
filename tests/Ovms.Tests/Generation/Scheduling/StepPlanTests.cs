using Ovms.Generation.Scheduling;

namespace Ovms.Tests.Generation.Scheduling;

public sealed class StepPlanTests
{
    private const int Size = 32;

    // Sequences as computed/length (with :alone where shared blocks matter), blocks available, then the shares, or what must happen before.
    [Test]
    [Arguments("64/65 10/11", 9, "0:1 1:1")]
    [Arguments("64/65 0/100", 9, "0:1 1:100")]
    [Arguments("0/100 64/65", 9, "1:1 0:100")]
    [Arguments("64/65 64/65", 1, "0:1 short")]
    [Arguments("64/65 40/41 64/65", 1, "0:1 1:1 short")]
    [Arguments("64/65 40/41", 0, "preempt 1")]
    [Arguments("40/41 64/65", 0, "0:1 short")]
    [Arguments("64/65", 0, "end 0")]
    [Arguments("64/65 40/41:0 40/41", 0, "preempt 2")]
    [Arguments("64/65 40/41 40/41:0", 0, "preempt 1")]
    [Arguments("64/65 40/41:0", 0, "preempt 1")]
    public async Task Plan_FollowsTheRules(string sequences, int available, string expected)
    {
        await Assert.That(Plan(sequences, available)).IsEqualTo(expected);
    }

    [Test]
    public async Task MaximumOfTokens_Holds()
    {
        await Assert.That(Plan("64/90 0/100", 9, max: 64)).IsEqualTo("0:26 1:32");
        await Assert.That(Plan("40/41 40/41 40/41 40/41", 9, max: 3, turn: 0)).IsEqualTo("0:1 1:1 2:1");
        await Assert.That(Plan("40/41 40/41 40/41 40/41", 9, max: 3, turn: 1)).IsEqualTo("3:1 0:1 1:1");
    }

    [Test]
    public async Task PromptTokens_AreAtLeastABlock()
    {
        await Assert.That(Plan("40/41 0/100", 9, prompts: 0)).IsEqualTo("0:1 1:32");
        await Assert.That(Plan("40/41 0/100", 9, prompts: 95)).IsEqualTo("0:1 1:64");
    }

    [Test]
    public async Task WholePrompts_AreAloneAndTakeTurns()
    {
        await Assert.That(Plan("40/41 0/100 0/50", 9, splits: false, turn: 2)).IsEqualTo("1:100");
        await Assert.That(Plan("40/41 0/100 0/50", 9, splits: false, turn: 3)).IsEqualTo("0:1");
        await Assert.That(Plan("0/100 0/50", 9, splits: false, turn: 3)).IsEqualTo("0:100");
        await Assert.That(Plan("0/100@3 0/50@2", 9, splits: false, turn: 3)).IsEqualTo("1:50");
    }

    private static string Plan(
        string sequences, int available, int max = int.MaxValue, int prompts = 1000, bool splits = true, long turn = 0)
    {
        SequenceView[] views = [.. sequences.Split(' ').Select(View)];
        StepPlan plan = new();
        plan.Compute(new PlanView(views)
        {
            BlockTokens = Size,
            Available = available,
            MaxTokens = max,
            PromptTokens = prompts,
            SplitsPrompts = splits,
            Turn = turn,
        });
        return plan.OutOfMemory >= 0 ? $"end {plan.OutOfMemory}"
            : plan.Preempted >= 0 ? $"preempt {plan.Preempted}"
            : string.Join(' ', plan.Shares.ToArray().Select(static share => $"{share.Index}:{share.Count}")) + (plan.IsShort ? " short" : "");
    }

    // What is computed lies in blocks; prompts have the blocks of all their tokens.
    private static SequenceView View(string text)
    {
        string[] due = text.Split('@');
        string[] parts = due[0].Split('/', ':');
        int computed = int.Parse(parts[0]);
        int length = int.Parse(parts[1]);
        int blocks = ((length - computed > 1 ? length : computed) + Size - 1) / Size;
        return new SequenceView(length, computed, blocks, parts.Length > 2 ? int.Parse(parts[2]) : blocks, int.MaxValue, due.Length > 1 ? int.Parse(due[1]) : 0, Follows: false);
    }
}
