using Microsoft.Extensions.Logging;
using Ovms.Observability;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Observability;

public sealed class LogSinkTests
{
    [Test]
    public async Task Rotation_LosesNoLineAndNoneTwice()
    {
        using TemporaryFolder folder = new();
        string path = folder["ovms.log"];
        await Assert.That(LogSink.TryOpen(path, LogForm.Text, out LogSink? sink, out _)).IsTrue();
        const int Rounds = 20;
        const int Each = 100;
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < Each; i++)
            {
                sink!.Write(Entry($"line {(round * Each) + i}."), withStackTrace: false);
            }

            File.Move(path, $"{path}.{round}");
            sink!.Reopen();
            await UntilAsync(() => File.Exists(path));
        }

        sink!.Dispose();
        string[] lines = [.. Directory.EnumerateFiles(folder.Path).SelectMany(File.ReadAllLines).Where(static line => line.Contains("] line ", StringComparison.Ordinal))];
        await Assert.That(sink.LinesDropped).IsEqualTo(0);
        await Assert.That(lines.Select(static line => line[line.IndexOf("] line ", StringComparison.Ordinal)..]).Distinct().Count()).IsEqualTo(Rounds * Each);
        await Assert.That(lines.Length).IsEqualTo(Rounds * Each);
    }

    [Test]
    public async Task NameThatCannotBeOpenedAnew_LeavesTheOldFile()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder["logs"]);
        string path = folder[Path.Combine("logs", "ovms.log")];
        await Assert.That(LogSink.TryOpen(path, LogForm.Text, out LogSink? sink, out _)).IsTrue();
        Directory.Move(folder["logs"], folder["elsewhere"]);
        sink!.Reopen();
        sink.Write(Entry("after"), withStackTrace: false);
        sink.Dispose();
        string text = await File.ReadAllTextAsync(folder[Path.Combine("elsewhere", "ovms.log")]);
        await Assert.That(text).Contains($"The log file {path} cannot be opened: ").And.Contains("The server keeps writing to the file that is open.").And.Contains("] after");
    }

    [Test]
    public async Task WithoutAFile_ReopeningIsNothing()
    {
        await Assert.That(LogSink.TryOpen("", LogForm.Json, out LogSink? sink, out _)).IsTrue();
        sink!.Reopen();
        sink.Dispose();
        sink.Reopen();
        await Assert.That(sink.LinesDropped).IsEqualTo(0);
    }

    private static LogEntry Entry(string message) => new(DateTimeOffset.Now, LogLevel.Debug, "test", default, message);

    private static async Task UntilAsync(Func<bool> condition)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        while (!condition())
        {
            await Task.Delay(1, limit.Token);
        }
    }
}
