using Ovms.Language.Sampling;
using Ovms.Status;

namespace Ovms.Tests.Language.Sampling;

/// <summary>Which rules are refused, and with which words.</summary>
public class SamplingRulesTests
{
    private static readonly Dictionary<string, SamplingRules> s_refused = new()
    {
        ["temperature"] = new() { Temperature = -0.1f },
        ["temperature is NaN"] = new() { Temperature = float.NaN },
        ["temperature is Infinity"] = new() { Temperature = float.PositiveInfinity },
        ["top_p is 0"] = new() { TopP = 0 },
        ["top_p is 1.5"] = new() { TopP = 1.5f },
        ["top_p is NaN"] = new() { TopP = float.NaN },
        ["top_k is -1"] = new() { TopK = -1 },
        ["min_p is 1"] = new() { MinP = 1 },
        ["min_p is -0.5"] = new() { MinP = -0.5f },
        ["repetition_penalty is 0"] = new() { RepetitionPenalty = 0 },
        ["presence_penalty"] = new() { PresencePenalty = float.NaN },
        ["frequency_penalty"] = new() { FrequencyPenalty = float.PositiveInfinity },
        ["min_tokens is -1"] = new() { MinTokens = -1 },
        ["logprobs asks for 21"] = new() { LogProbs = 21 },
        ["logprobs asks for -2"] = new() { LogProbs = -2 },
        ["token 100; the model has tokens 0 to 99"] = new() { LogitBias = [new TokenBias(100, 0)] },
        ["token -1; the model has tokens 0 to 99"] = new() { LogitBias = [new TokenBias(-1, 0)] },
        ["token 3 is 100.5; expected a number from -100 to 100"] = new() { LogitBias = [new TokenBias(3, 100.5f)] },
        ["token 3 is NaN"] = new() { LogitBias = [new TokenBias(3, float.NaN)] },
        ["1025 entries; expected at most 1024"] = new() { LogitBias = [.. Enumerable.Repeat(new TokenBias(1, 1), 1025)] },
    };

    public static IEnumerable<string> Refused => s_refused.Keys;

    [Test]
    [MethodDataSource(nameof(Refused))]
    public async Task BadRules_AreRefusedByName(string text)
    {
        Outcome outcome = s_refused[text].Check(vocabulary: 100);
        await Assert.That(outcome.Code).IsEqualTo(StatusCode.SamplingInvalid);
        await Assert.That(outcome.Text).Contains(text);
        await Assert.That(outcome.Code.ToHttp()).IsEqualTo(400);
    }

    [Test]
    public async Task EndsOfTheRanges_AreAccepted()
    {
        SamplingRules[] accepted =
        [
            new(), new() { Temperature = 0 }, new() { Temperature = 2, TopP = 1e-6f, MinP = 0.999f, TopK = int.MaxValue, LogProbs = 20 },
            new() { LogitBias = [new TokenBias(0, -100), new TokenBias(99, 100)], EndIds = [1000] },
            new() { LogitBias = [.. Enumerable.Repeat(new TokenBias(1, 1), 1024)] },
        ];
        foreach (SamplingRules rules in accepted)
        {
            await Assert.That(rules.Check(vocabulary: 100).IsOk).IsTrue();
        }
    }
}
