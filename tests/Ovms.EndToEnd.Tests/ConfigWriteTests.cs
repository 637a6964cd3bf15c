using System.Collections.Concurrent;
using System.ComponentModel;
using System.Text;
using System.Text.Json;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Tests.Setup;

namespace Ovms.EndToEnd.Tests;

/// <summary>A configuration file is the old one or the new one, whatever happens to who changes it.</summary>
public sealed class ConfigWriteTests
{
    private const string Old = """{"model_config_list": [{"config": {"name": "first", "base_path": "/srv/first"}}], "monitoring": {"metrics": {"enable": true}}}""";

    [Test]
    public async Task KilledInTheMiddleOfTheWrite_TheOldFileStaysAndTheNextChangeGoesWell()
    {
        using TemporaryFolder folder = new();
        string config = folder.Write("config.json", Encoding.UTF8.GetBytes(Old));

        // The system ends a process that writes past the limit: behind half of the new text.
        (int killed, string said, string errors) = await RunLimitedAsync("--fsize=100", [Repo.Binary, .. Adding(config, "second")]);
        await Assert.That(killed).IsNotEqualTo(0).And.IsNotEqualTo(1).Because(said + errors);
        await Assert.That(await File.ReadAllTextAsync(config)).IsEqualTo(Old);
        await Assert.That(new FileInfo(folder[".config.json.new"]).Length).IsEqualTo(100);

        (int code, string output, _) = await OvmsProcess.RunAsync(Adding(config, "second"));
        await Assert.That(code).IsEqualTo(0).Because(output);
        await Assert.That(NamesIn(await File.ReadAllTextAsync(config))).IsEquivalentTo(["first", "second"]);
        await Assert.That(File.Exists(folder[".config.json.new"])).IsFalse();
    }

    [Test]
    public async Task FullDisk_LeavesTheOldFileAndNothingElse()
    {
        using FullDisk disk = FullDisk.MountOrSkip(static folder => File.WriteAllText(Path.Combine(folder, "config.json"), Old));
        string config = Path.Combine(disk.Path, "config.json");
        (int code, string output, string errors) = await OvmsProcess.RunAsync(Adding(config, "second"));
        await Assert.That(code).IsEqualTo(1);
        await Assert.That(output + errors).Contains($"{config} error on config update : ").And.Contains("No space left on device");
        await Assert.That(await File.ReadAllTextAsync(config)).IsEqualTo(Old);
        await Assert.That(File.Exists(Path.Combine(disk.Path, ".config.json.new"))).IsFalse();
    }

    [Test]
    public async Task WritersKilledAtAnyTime_NobodyEverReadsHalfAFile()
    {
        using TemporaryFolder folder = new();
        string config = folder.Write("config.json", Encoding.UTF8.GetBytes(Old));
        ConcurrentDictionary<string, bool> added = new() { ["first"] = true };
        using CancellationTokenSource end = new();
        Task<int> reader = Task.Run(() => ReadOnAndOn(config, added, end.Token));
        Random random = new(77);
        int killed = 0;
        for (int round = 0; round < 25; round++)
        {
            int[] delays = [random.Next(60), random.Next(60), -1];
            await Task.WhenAll(delays.Select((delay, writer) => Task.Run(async () =>
            {
                string name = $"m{round}-{writer}";
                await using OvmsProcess process = OvmsProcess.Start(Adding(config, name));
                if (delay >= 0)
                {
                    await Task.Delay(delay);
                    process.Break();
                }

                if (await process.WaitForExitAsync() == 0)
                {
                    added[name] = true;
                }
                else
                {
                    Interlocked.Increment(ref killed);
                }
            })));
        }

        await end.CancelAsync();
        await Assert.That(await reader).IsGreaterThan(25);
        await Assert.That(killed).IsGreaterThan(0);
        await Assert.That(added.Keys.Except(NamesIn(await File.ReadAllTextAsync(config)))).IsEmpty();
        await Assert.That(NamesIn(await File.ReadAllTextAsync(config)).Length).IsGreaterThan(25);
    }

    // Throws when a text is not whole, or lacks what was added before it was read.
    private static int ReadOnAndOn(string config, ConcurrentDictionary<string, bool> added, CancellationToken end)
    {
        int reads = 0;
        for (; !end.IsCancellationRequested; reads++)
        {
            string[] before = [.. added.Keys];
            string[] lost = [.. before.Except(NamesIn(File.ReadAllText(config)))];
            if (lost.Length > 0)
            {
                throw new InvalidOperationException($"The file has lost {string.Join(", ", lost)}.");
            }
        }

        return reads;
    }

    private static string[] Adding(string config, string name) => ["--add_to_config", "--config_path", config, "--model_name", name, "--model_path", $"/srv/{name}"];

    private static string[] NamesIn(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        return document.RootElement.GetProperty("monitoring").GetProperty("metrics").GetProperty("enable").GetBoolean()
            ? [.. document.RootElement.GetProperty("model_config_list").EnumerateArray().Select(static entry => entry.GetProperty("config").GetProperty("name").GetString()!)]
            : throw new InvalidOperationException("The rest of the file has changed.");
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunLimitedAsync(string limit, string[] command)
    {
        try
        {
            return await OvmsProcess.RunAsync([limit, .. command], binary: "prlimit");
        }
        catch (Win32Exception)
        {
            Skip.Test("prlimit, which sets the limit, is not installed.");
            throw;
        }
    }
}
