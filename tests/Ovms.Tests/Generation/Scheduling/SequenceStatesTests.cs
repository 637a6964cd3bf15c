using Ovms.Generation.Cache;
using Ovms.Generation.Requests;
using Ovms.Generation.Scheduling;
using Ovms.Language.Sampling;

namespace Ovms.Tests.Generation.Scheduling;

/// <summary>Which states a step keeps, and where pieces end so that it can.</summary>
public sealed class SequenceStatesTests
{
    private const int Size = 32;

    // Tokens that are computed, end of the step, length of the prompt, blocks between two states, rows to spare, answers; then the distance
    // of the states that are kept and their number. A step keeps states at equal distances only.
    [Test]
    [Arguments(0, 1000, 1000, 1, 99, 1, "32 x 31")]
    [Arguments(0, 256, 1000, 1, 99, 1, "32 x 7")]
    [Arguments(0, 992, 1000, 8, 99, 1, "256 x 3")]
    [Arguments(992, 1000, 1000, 8, 99, 1, "")]
    [Arguments(768, 1000, 1000, 8, 99, 1, "992 x 1")]
    [Arguments(0, 1000, 1000, 8, 99, 1, "992 x 1")]
    [Arguments(0, 200, 200, 8, 99, 1, "192 x 1")]
    [Arguments(0, 992, 992, 31, 99, 1, "960 x 1")]
    [Arguments(100, 128, 90, 1, 99, 1, "")]
    [Arguments(128, 129, 90, 1, 99, 1, "")]
    [Arguments(128, 170, 90, 8, 99, 1, "160 x 1")]
    [Arguments(0, 1000, 1000, 1, 5, 1, "992 x 1")]
    [Arguments(0, 512, 1000, 1, 5, 1, "128 x 3")]
    [Arguments(0, 512, 1000, 1, 0, 1, "")]
    [Arguments(0, 1000, 1000, 1, 0, 1, "")]
    [Arguments(0, 1000, 1000, 1, 0, 2, "992 x 1")]
    [Arguments(0, 992, 992, 1, 0, 2, "")]
    [Arguments(0, 20, 20, 1, 9, 2, "")]
    public async Task Step_KeepsStatesAtEqualDistances(int computed, int to, int prompt, int interval, int spare, int answers, string expected)
    {
        (Sequence sequence, SequenceStates states) = Make(computed, to, prompt, interval, answers, usesPrefixes: true);
        states.Plan(sequence, to, spare);
        await Assert.That(states.Inside.Length == 0 && states.Every == 0 ? "" : $"{states.Every} x {states.Inside.Length}").IsEqualTo(expected);
    }

    [Test]
    [Arguments(1, "")]
    [Arguments(2, "992 x 1")]
    public async Task CallThatSharesNothing_KeepsOnlyWhatItsCopiesNeed(int answers, string expected)
    {
        (Sequence sequence, SequenceStates states) = Make(0, 1000, 1000, 1, answers, usesPrefixes: false);
        states.Plan(sequence, 1000, 99);
        await Assert.That(states.Inside.Length == 0 ? "" : $"{states.Every} x {states.Inside.Length}").IsEqualTo(expected);
    }

    // A piece that would keep states at every interval and at the last border, which is none, ends at the last border.
    [Test]
    [Arguments(0, 1000, 8, 992)]
    [Arguments(768, 1000, 8, int.MaxValue)]
    [Arguments(767, 1000, 8, 992)]
    [Arguments(0, 200, 8, int.MaxValue)]
    [Arguments(0, 1000, 1, int.MaxValue)]
    [Arguments(0, 1025, 8, int.MaxValue)]
    public async Task Cut_IsWhereTheLastStateIs(int computed, int prompt, int interval, int expected)
    {
        (Sequence sequence, SequenceStates states) = Make(computed, prompt, prompt, interval, 1, usesPrefixes: true);
        await Assert.That(states.CutOf(sequence)).IsEqualTo(expected);
        (sequence, states) = Make(computed, prompt, prompt, interval, 1, usesPrefixes: false);
        await Assert.That(states.CutOf(sequence)).IsEqualTo(int.MaxValue);
    }

    private static (Sequence Sequence, SequenceStates States) Make(
        int computed, int length, int prompt, int interval, int answers, bool usesPrefixes)
    {
        KvCache cache = new(100, Size, keepsPrefixes: true);
        BlockTable blocks = new(cache, usesPrefixes);
        SequenceStates states = new(new StateRows(200), blocks, Size, interval);
        GenerationRequest request = new() { PromptIds = new int[prompt], SamplingRules = new SamplingRules(), MaxTokens = 1000, Answers = answers };
        LiveCall call = new(new GenerationCall(request, static () => { }), 0, long.MaxValue) { Unforked = answers - 1 };
        Sequence sequence = new(call, 0, blocks, states) { Computed = computed };
        while (sequence.Length < length)
        {
            sequence.Append(0);
        }

        return (sequence, states);
    }
}
