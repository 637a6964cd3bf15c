using System.Net;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>A language model whose engine cannot compute any more: the server loads it again.</summary>
public sealed class LanguageLostTests
{
    private const string Works = "\"prompt\":\"The licence\",\"max_tokens\":5,\"ignore_eos\":true,\"temperature\":0";

    [Test]
    [Arguments("")]
    [Arguments("LM")]
    public async Task EngineThatFails_IsLoadedAgain(string pipeline)
    {
        using BreakableLanguage model = new();
        await using LanguageServer server =
            await LanguageServer.StartAsync(model.Folder, pipeline.Length == 0 ? [] : ["--pipeline_type", pipeline]);
        OvmsProcess process = server.Server.Process;
        string before = (await server.AnswerAsync("completions", Works)).Text("choices.0.text")!;
        await Assert.That(process.Output).Contains(pipeline.Length == 0 ? "lane: paged attention" : "lane: stateful");

        (int status, string error) = await server.RefusalAsync("completions", BreakableLanguage.Poison);
        await Assert.That(error).Contains("The language model has failed").And.Contains("(twice within a minute)");
        await Assert.That(status).IsEqualTo(503);
        await process.WaitForLineAsync(static line => line.Contains("has failed; the server loads it again: ", StringComparison.Ordinal));

        // Refused until the second copy serves, which is soon.
        await process.WaitForLineAsync(static line => line.Contains("was loaded again and runs on CPU", StringComparison.Ordinal));
        await Assert.That(process.Output.Split("Loaded language model ").Length - 1).IsEqualTo(2);
        using HttpResponseMessage ready = await server.Server.Http.GetAsync("/v2/health/ready");
        await Assert.That(ready.StatusCode).IsEqualTo(HttpStatusCode.OK);
        string after = (await server.AnswerAsync("completions", Works)).Text("choices.0.text")!;
        await Assert.That(after).IsEqualTo(before);
        await Assert.That(await process.StopAsync()).IsEqualTo(0);
    }
}
