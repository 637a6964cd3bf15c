using System.Text.Json;
using Ovms.Frontends.Rest.OpenAi;
using Ovms.Language.Sampling;
using Ovms.Repository.Language;

namespace Ovms.Tests.Frontends.Rest.OpenAi;

/// <summary>Each rule is the request's, else that of generation_config.json, else the usual one.</summary>
public class RequestRulesTests
{
    private static readonly GenerationFile s_file = new()
    {
        MinNewTokens = 3, IgnoreEos = true, StopStrings = ["END"], IncludeStop = true, Temperature = 0.5f, TopP = 0.75f, TopK = 7, MinP = 0.25f,
        RepetitionPenalty = 1.5f, FrequencyPenalty = -1, PresencePenalty = 2,
    };

    [Test]
    public async Task RequestThatSaysNothing_GetsTheUsualValues()
    {
        RequestRules rules = Of("", new GenerationFile());
        await Assert.That(Shown(rules)).IsEqualTo("t 1, p 1, k 40, min_p 0, rep 1, freq 0, pres 0, min 0, ends 2 5, stops , include False");
        await Assert.That(rules.Sampling.EndIds).IsEquivalentTo([2, 5]);
        await Assert.That(rules.Sampling.LogProbs).IsEqualTo(3);
        await Assert.That(Of("", new GenerationFile()).Sampling.Seed).IsNotEqualTo(rules.Sampling.Seed);
    }

    [Test]
    public async Task RequestThatSaysNothing_GetsTheModelsValues()
    {
        RequestRules rules = Of("", s_file);
        await Assert.That(Shown(rules)).IsEqualTo("t 0.5, p 0.75, k 7, min_p 0.25, rep 1.5, freq -1, pres 2, min 3, ends , stops END, include True");
        await Assert.That(rules.Sampling.EndIds).IsEmpty();
    }

    [Test]
    public async Task Request_WinsOverTheModel()
    {
        const string Fields = """
            "temperature":0,"top_p":1,"top_k":-1,"min_p":0,"repetition_penalty":1,"frequency_penalty":0,"presence_penalty":0,"min_tokens":0,
            "ignore_eos":false,"stop":["a","b","a"],"include_stop_str_in_output":false,"seed":9,"logit_bias":{"4":-1.5}
            """;
        RequestRules rules = Of(Fields, s_file);
        await Assert.That(Shown(rules)).IsEqualTo("t 0, p 1, k 0, min_p 0, rep 1, freq 0, pres 0, min 0, ends 2 5, stops a|b, include False");
        await Assert.That(rules.Sampling.Seed).IsEqualTo(9ul);
        await Assert.That(rules.Sampling.LogitBias.Single()).IsEqualTo(new TokenBias(4, -1.5f));
    }

    [Test]
    public async Task NoStopTextsOfTheRequest_WinOverThoseOfTheModel() => await Assert.That(Of("\"stop\":[]", s_file).Stops).IsEmpty();

    [Test]
    public async Task StopTextsOfTheModelThatNoCallerMayGive_AreNotUsed() =>
        await Assert.That(Of("", s_file with { StopStrings = ["END", new string('x', 4097)] }).Stops).IsEmpty();

    private static RequestRules Of(string fields, GenerationFile file)
    {
        RequestFields request = new(JsonDocument.Parse($"{{{fields}}}").RootElement);
        SamplingFields read = SamplingFields.Read(request, new TextLimits(20, null));
        return request.Fault.IsOk ? RequestRules.Of(read, file, [2, 5], 3) : throw new InvalidOperationException(request.Fault.Text);
    }

    private static string Shown(RequestRules rules) => FormattableString.Invariant(
        $"t {rules.Sampling.Temperature}, p {rules.Sampling.TopP}, k {rules.Sampling.TopK}, min_p {rules.Sampling.MinP}, rep {rules.Sampling.RepetitionPenalty}, freq {rules.Sampling.FrequencyPenalty}, pres {rules.Sampling.PresencePenalty}, min {rules.Sampling.MinTokens}, ends {string.Join(' ', rules.EndIds)}, stops {string.Join('|', rules.Stops)}, include {rules.IncludesStop}");
}
