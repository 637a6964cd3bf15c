using System.Globalization;
using System.Text.Json;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>
/// Minutes of mixed callers of one language model, which is loaded again and again by edits of the configuration. Run by
/// <c>./build.sh soak</c>, not with the other tests.
/// </summary>
public sealed class LanguageSoakTests
{
    private const int Callers = 8;
    private const string Fixed = "\"prompt\":\"The capital of France is\",\"max_tokens\":48,\"ignore_eos\":true,\"temperature\":0,\"return_token_ids\":true";
    private static readonly TimeSpan s_betweenReloads = TimeSpan.FromSeconds(15);

    [Test]
    [Explicit]
    public async Task MixedCallersAndReloads_LeaveNothingBehind()
    {
        TimeSpan time = TimeSpan.FromMinutes(double.Parse(Environment.GetEnvironmentVariable("OVMS_SOAK_MINUTES") ?? "3", CultureInfo.InvariantCulture));
        string folder = Environment.GetEnvironmentVariable("OVMS_SOAK_MODEL") is { Length: > 0 } given ? given : LanguageServer.TrainedFolder;
        using ConfigFolder config = new(Entry(folder, 0));
        await using OvmsServer process = await config.StartAsync("Ready after", "--metrics_enable", "--file_system_poll_wait_seconds", "0");
        LanguageServer server = new(process, "chat");
        int[] before = (await server.AnswerAsync("completions", Fixed)).Ids("choices.0.token_ids");

        // The first part fills what is filled once: pools, the prefix cache, memory of two models beside each other.
        await SoakAsync(config, server, folder, time / 4, first: 0);
        long warm = await RestAsync(server);
        string calls = await SoakAsync(config, server, folder, time * 3 / 4, first: 1000);
        long after = await RestAsync(server);

        int[] again = (await server.AnswerAsync("completions", Fixed)).Ids("choices.0.token_ids");
        await Assert.That(again.SequenceEqual(before)).IsTrue();
        Tell($"Resident: {warm} MB after the first quarter, {after} MB at the end, {ProcessFacts.Peak(process.Process.Id)} MB at most");
        Tell($"Calls of the last three quarters: {calls}");
        await Assert.That(after).IsLessThan(warm + (warm / 4) + 100);
        await Assert.That(await process.Process.StopAsync()).IsEqualTo(0);
        string[] errors = [.. process.Process.Output.Split('\n').Where(static line => line.Contains("[ERROR]", StringComparison.OrdinalIgnoreCase))];
        await Assert.That(string.Join('\n', errors) + process.Process.Errors).IsEmpty();
    }

    // A limit that no caller reaches, so that each edit loads the model anew.
    private static string Entry(string folder, int number) =>
        $$$"""
        {"model_config_list": [{"config": {"name": "chat", "base_path": {{{JsonSerializer.Serialize(folder)}}}, "max_num_seqs": 16, "cache_size": 1,
            "max_tokens_limit": {{{5000 + number}}}, "plugin_config": {{{LanguageServer.Exact}}}}}]}
        """;

    private static async Task<string> SoakAsync(ConfigFolder config, LanguageServer server, string folder, TimeSpan time, int first)
    {
        using CancellationTokenSource end = new(time);
        SoakCallers callers = new(server, end.Token);
        Task[] all = [.. Enumerable.Range(first, Callers).Select(number => Task.Run(() => callers.RunAsync(number)))];
        int reloads = 0;
        for (PeriodicTimer edits = new(s_betweenReloads); !end.IsCancellationRequested; reloads++)
        {
            await edits.WaitForNextTickAsync();
            await File.WriteAllTextAsync(config.File, Entry(folder, first + reloads + 1));
            using HttpResponseMessage answer = await server.Server.Http.PostAsync("/v1/config/reload", null);
            await Assert.That(answer.IsSuccessStatusCode).IsTrue().Because(await answer.Content.ReadAsStringAsync());
        }

        await Task.WhenAll(all);
        await Assert.That(string.Join('\n', callers.Faults)).IsEmpty();
        return $"{callers.Counts}; {reloads} reloads";
    }

    // Waits until nothing is generated, and measures the memory.
    private static async Task<long> RestAsync(LanguageServer server)
    {
        await server.UntilAsync("requests", "running", static count => count == 0);
        await server.UntilAsync("requests", "waiting", static count => count == 0);
        await server.UntilAsync("kv_blocks", "used", static count => count == 0);
        await server.AnswerAsync("completions", Fixed);
        await server.UntilAsync("kv_blocks", "used", static count => count == 0);
        return ProcessFacts.Resident(server.Server.Process.Id);
    }

    private static void Tell(string line) => TestContext.Current!.OutputWriter.WriteLine(line);
}
