using Ovms.Repository.Language;

namespace Ovms.Tests.Repository.Language;

/// <summary>The defaults of generation_config.json, and values that cannot be used.</summary>
public class GenerationFileTests
{
    [Test]
    public async Task AllValues_AreRead()
    {
        using ModelFolder model = new();
        model.Write("generation_config.json", """
            {"eos_token_id":[128001,128008,128009,128001],"max_new_tokens":64,"max_length":4096,"min_new_tokens":1,"ignore_eos":false,
             "stop_strings":["END","\n"],"include_stop_str_in_output":true,"do_sample":true,"temperature":0.6,"top_p":0.9,"top_k":50,
             "min_p":0.05,"repetition_penalty":1.1,"frequency_penalty":-2,"presence_penalty":2,"num_return_sequences":1}
            """);
        LanguageFacts facts = model.Facts;
        GenerationFile file = facts.Generation;
        await Assert.That(facts.Warnings.Length).IsEqualTo(0);
        await Assert.That(string.Join(',', file.EosIds)).IsEqualTo("128001,128008,128009");
        await Assert.That(string.Join(',', facts.EndIds)).IsEqualTo("128001,128008,128009");
        await Assert.That((file.MaxNewTokens, file.MaxLength, file.MinNewTokens, file.TopK)).IsEqualTo((64, 4096, 1, 50));
        await Assert.That((file.IgnoreEos, file.IncludeStop)).IsEqualTo((false, true));
        await Assert.That((file.Temperature, file.TopP, file.MinP)).IsEqualTo((0.6f, 0.9f, 0.05f));
        await Assert.That((file.RepetitionPenalty, file.FrequencyPenalty, file.PresencePenalty)).IsEqualTo((1.1f, -2f, 2f));
        await Assert.That(string.Join('|', file.StopStrings)).IsEqualTo("END|\n");
    }

    [Test]
    [Arguments("eos_token_id", "-1")]
    [Arguments("eos_token_id", "[2,\"x\"]")]
    [Arguments("max_new_tokens", "-1")]
    [Arguments("max_new_tokens", "1.5")]
    [Arguments("max_length", "0")]
    [Arguments("temperature", "-0.1")]
    [Arguments("temperature", "2.1")]
    [Arguments("temperature", "Infinity")]
    [Arguments("temperature", "1e39")]
    [Arguments("temperature", "1e400")]
    [Arguments("temperature", "\"hot\"")]
    [Arguments("repetition_penalty", "1e-50")]
    [Arguments("top_p", "0")]
    [Arguments("top_p", "1.01")]
    [Arguments("top_p", "\"0.9\"")]
    [Arguments("top_k", "-1")]
    [Arguments("min_p", "1")]
    [Arguments("repetition_penalty", "0")]
    [Arguments("frequency_penalty", "2.1")]
    [Arguments("presence_penalty", "-3")]
    [Arguments("num_beams", "0")]
    [Arguments("stop_strings", "[\"\"]")]
    public async Task ValueOutOfRange_IsAWarningAndCountsAsNotGiven(string name, string value)
    {
        using ModelFolder model = new();
        model.Write("generation_config.json", $"{{\"{name}\":{value}}}");
        LanguageFacts facts = model.Facts;
        await Assert.That(facts.Warnings).Count().IsEqualTo(1);
        await Assert.That(facts.Warnings[0]).Contains(name).And.Contains("expected").And.Contains("generation_config.json");
        await Assert.That(facts.Generation with { EosIds = [], StopStrings = [] })
            .IsEqualTo(new GenerationFile { EosIds = [], StopStrings = [] });
    }

    [Test]
    [Arguments("num_return_sequences", "a request without n gets one answer")]
    [Arguments("num_beams", "beam search is not served")]
    public async Task ValueWithoutEffect_IsAWarning(string name, string why)
    {
        using ModelFolder model = new();
        model.Write("generation_config.json", $"{{\"{name}\":4}}");
        await Assert.That(model.Facts.Warnings.Single()).EndsWith($"generation_config.json: {name} is 4; {why}. The value is not used.");
    }

    [Test]
    public async Task EndIds_ComeFromTheNextSourceIfTheFileHasNone()
    {
        using ModelFolder model = new("<eos_token_id value=\"7\"/>");
        model.Write("config.json", """{"eos_token_id":[1,106]}""").Write("generation_config.json", """{"eos_token_id":null}""");
        await Assert.That(string.Join(',', model.Facts.EndIds)).IsEqualTo("1,106,7");
        model.Remove("config.json");
        await Assert.That(string.Join(',', model.Facts.EndIds)).IsEqualTo("7");
        model.Write("generation_config.json", """{"eos_token_id":5}""");
        await Assert.That(string.Join(',', model.Facts.EndIds)).IsEqualTo("5");
    }
}
