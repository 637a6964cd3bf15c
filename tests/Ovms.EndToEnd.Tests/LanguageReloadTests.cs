using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>The memory of a language model: how much its cache gets, also beside the one that it replaces, and takes.</summary>
public sealed partial class LanguageReloadTests
{
    [Test]
    public async Task CacheOfANewVersion_IsAsLargeAsThatOfTheOneItReplaces()
    {
        // More sequences than memory holds, so that the cache is as large as memory allows.
        using ConfigFolder config = new(Entry(60_000));
        await using OvmsServer process = await config.StartAsync("Ready after");
        await File.WriteAllTextAsync(config.File, Entry(59_999));
        using HttpResponseMessage answer = await process.Http.PostAsync("/v1/config/reload", null);
        await Assert.That(answer.IsSuccessStatusCode).IsTrue().Because(await answer.Content.ReadAsStringAsync());

        // A line of the log may come after the answer it belongs to.
        await process.Process.WaitForLinesAsync(static line => TokensPattern().IsMatch(line), 2);
        double[] tokens =
        [
            .. TokensPattern().Matches(process.Process.Output)
                .Select(static match => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)),
        ];
        await Assert.That(tokens.Length).IsEqualTo(2);

        // What other processes take meanwhile differs; a quarter it must not be.
        await Assert.That(tokens[1] / tokens[0]).IsBetween(0.5, 2);
    }

    [Test]
    public async Task LargeCache_TakesTheMemoryThatItUses()
    {
        await using LanguageServer server = await LanguageServer.StartAsync(LanguageServer.SmallFolder, "--cache_size", "8");
        await server.AnswerAsync("completions", "\"prompt\":\"The licence\",\"max_tokens\":500,\"ignore_eos\":true,\"n\":10");
        await Assert.That(server.Server.Process.Output).Contains(" 8.59 GB reserved");
        await Assert.That(ProcessFacts.Resident(server.Server.Process.Id)).IsLessThan(2000);
    }

    [GeneratedRegex("blocks of [0-9]+ = ([0-9]+) tokens")]
    private static partial Regex TokensPattern();

    private static string Entry(int sequences) =>
        "{\"model_config_list\": [{\"config\": {\"name\": \"m\", \"base_path\": " + JsonSerializer.Serialize(LanguageServer.SmallFolder)
        + $",\"max_num_seqs\": {sequences}}}}}]}}";
}
