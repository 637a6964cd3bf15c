using System.Text.Json;
using Microsoft.Extensions.Logging;
using Ovms.Observability;

namespace Ovms.Tests.Observability;

public sealed class LogEntryTests
{
    private static readonly DateTimeOffset s_time = new(2026, 3, 4, 5, 6, 7, 89, TimeSpan.FromHours(2));

    [Test]
    public async Task Text_IsOneLineWhateverTheMessageHolds()
    {
        string line = Entry("a\nb\r[2026-01-01] \u001b[31m\t\u2028ü").Write(LogForm.Text, withStackTrace: true);
        await Assert.That(line).IsEqualTo("[2026-03-04 05:06:07.089][warning][serving] a\\nb\\r[2026-01-01] \\u001B[31m\t\\u2028ü\n");
    }

    [Test]
    [Arguments(false)]
    [Arguments(true)]
    public async Task CharactersThatATerminalObeys_AreVisible(bool isJson)
    {
        // Turns the line around; isolates; joins nothing; a tag, which takes two units.
        const string Hidden = "\u202e\u2066\u200b\ufeff\U000E0041";
        LogEntry entry = Entry($"file{Hidden}gpj.exe") with { Exception = new InvalidOperationException(Hidden), Fields = [new("Model", Hidden)] };
        string line = entry.Write(isJson ? LogForm.Json : LogForm.Text, withStackTrace: true);
        await Assert.That(line).Contains(@"file\u202E\u2066\u200B\uFEFF\uDB40\uDC41gpj.exe");
        await Assert.That(line.IndexOfAny([.. Hidden])).IsEqualTo(-1);
    }

    [Test]
    public async Task StackTrace_CannotBeTakenForAnotherLine()
    {
        string lines = (Entry("It broke") with { Exception = new InvalidOperationException("one\n[2026-01-01 00:00:00.000][info][serving] forged") }).Write(LogForm.Text, withStackTrace: true);
        await Assert.That(lines.Split('\n').Count(static line => line.StartsWith('['))).IsEqualTo(1);
        string line = (Entry("It broke") with { Exception = new InvalidOperationException("one\ntwo") }).Write(LogForm.Text, withStackTrace: false);
        await Assert.That(line).EndsWith("] It broke: one\\ntwo\n");
    }

    [Test]
    public async Task Json_HasEverythingByName()
    {
        LogEntry entry = Entry("Loaded m in 1.5 s") with
        {
            Event = new EventId(11, "ModelLoaded"),
            Fields = [new("Model", "m"), new("Call", "abc"), new("Seconds", 1.5), new("Count", 3), new("Nothing", null), new("Bad", double.NaN), new("Flag", true), new("{OriginalFormat}", "Loaded {Model}")],
            Exception = new InvalidOperationException("why"),
        };
        string line = entry.Write(LogForm.Json, withStackTrace: false);
        await Assert.That(line).IsEqualTo(
            """{"time":"2026-03-04T03:06:07.089Z","level":"warning","area":"serving","event":"ModelLoaded","call":"abc","message":"Loaded m in 1.5 s","fields":{"model":"m","seconds":1.5,"count":3,"nothing":null,"bad":"NaN","flag":true},"exception":"why"}""" + "\n");
    }

    [Test]
    [Arguments("quote \" backslash \\ newline \n null \0 escape \u001b")]
    [Arguments("half a pair \ud800 and another \udc00")]
    [Arguments("line separators \u2028 \u2029, ünïcödé 🦓")]
    [Arguments("")]
    public async Task Json_IsValidWhateverTheTextsHold(string text)
    {
        LogEntry entry = Entry(text) with { Fields = [new("Text", text), new("Text", text), new("Call", text)], Exception = new InvalidOperationException(text) };
        string line = entry.Write(LogForm.Json, withStackTrace: true);
        await Assert.That(line.IndexOf('\n')).IsEqualTo(line.Length - 1);
        using JsonDocument json = JsonDocument.Parse(line);
        string shown = text.Replace('\ud800', '\ufffd').Replace('\udc00', '\ufffd');
        await Assert.That(json.RootElement.GetProperty("message").GetString()).IsEqualTo(text.Contains('\ud800') ? shown : text);
        await Assert.That(json.RootElement.GetProperty("fields").EnumerateObject().Count()).IsEqualTo(1);
    }

    private static LogEntry Entry(string message) => new(s_time, LogLevel.Warning, "serving", default, message);
}
