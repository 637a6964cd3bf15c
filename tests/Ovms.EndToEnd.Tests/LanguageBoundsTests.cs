using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>Requests of a few kilobytes that ask a language model's server for gigabytes, and names that are no texts.</summary>
public sealed class LanguageBoundsTests
{
    private const int Megabyte = 1 << 20;

    private static readonly Lazy<Task<LanguageServer>> s_server =
        LanguageServer.Shared(static () => LanguageServer.SmallFolder, "--rest_memory_quota", $"{32 * Megabyte}");

    [After(Class)]
    public static Task StopServer() => LanguageServer.StopAsync(s_server);

    [Test]
    [NotInParallel(nameof(LanguageBoundsTests))]
    [Arguments(1024, "1073741824")]
    [Arguments(64, "rest_memory_quota")]
    public async Task Padding_IsRefusedBeforeItIsMade(int texts, string told)
    {
        LanguageServer server = await s_server.Value;
        long before = ProcessFacts.Peak(server.Server.Process.Id);
        string list = string.Join(',', Enumerable.Repeat("\"hi\"", texts));
        (int status, string error) = await server.RefusalAsync("tokenize", $"\"text\":[{list}],\"max_length\":1048576,\"pad_to_max_length\":true");
        await Assert.That(status).IsEqualTo(503);
        await Assert.That(error).Contains(told);
        await Assert.That(ProcessFacts.Peak(server.Server.Process.Id) - before).IsLessThan(32);
    }

    [Test]
    [NotInParallel(nameof(LanguageBoundsTests))]
    public async Task PaddingWithinTheQuota_IsAnswered()
    {
        LanguageServer server = await s_server.Value;
        System.Text.Json.JsonElement answer = await server.AnswerAsync(
            "tokenize", "\"text\":[\"hi\",\"hello there\"],\"max_length\":100000,\"pad_to_max_length\":true");
        await Assert.That(answer.At("count").GetInt32()).IsEqualTo(200000);
        await Assert.That(answer.At("tokens.1").GetArrayLength()).IsEqualTo(100000);
    }

    [Test]
    [NotInParallel(nameof(LanguageBoundsTests))]
    public async Task LongTokensAgainAndAgain_AreRefusedBeforeTheirTextIsMade()
    {
        LanguageServer server = await s_server.Value;
        long before = ProcessFacts.Peak(server.Server.Process.Id);
        string ids = string.Join(',', Enumerable.Repeat("1000", 2_000_000));
        (int status, string error) = await server.RefusalAsync("detokenize", $"\"tokens\":[{ids}]");
        await Assert.That(status).IsEqualTo(503);
        await Assert.That(error).Contains("rest_memory_quota");

        // The body itself and its parsed form.
        await Assert.That(ProcessFacts.Peak(server.Server.Process.Id) - before).IsLessThan(128);
    }

    [Test]
    [NotInParallel(nameof(LanguageBoundsTests))]
    [Arguments("chat/completions", "\"\\ud800\":1,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]")]
    [Arguments("chat/completions", "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\",\"\\udc00\":1}]")]
    [Arguments("chat/completions", "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"logit_bias\":{\"\\ud800\":1}")]
    [Arguments("completions", "\"prompt\":\"Hi\",\"\\ud800\":1")]
    [Arguments("tokenize", "\"text\":\"Hi\",\"\\ud800\":1")]
    [Arguments("detokenize", "\"tokens\":[1],\"\\ud800\":1")]
    public async Task HalfASurrogatePairInAName_IsTheCallersFault(string path, string fields)
    {
        (int status, string error) = await (await s_server.Value).RefusalAsync(path, fields);
        await Assert.That(error).Contains("half of a surrogate pair");
        await Assert.That(error).DoesNotContain("file");
        await Assert.That(status).IsEqualTo(400);
    }
}
