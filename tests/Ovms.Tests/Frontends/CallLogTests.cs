using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Ovms.Frontends;
using Ovms.Inference;

namespace Ovms.Tests.Frontends;

public sealed class CallLogTests
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";

    [Test]
    [Arguments("00-" + Trace + "-00f067aa0ba902b7-01", "r1", "k1", Trace)]
    [Arguments("cc-" + Trace + "-00f067aa0ba902b7-01-what-the-future-brings", "", null, Trace)]
    [Arguments("00-" + Trace + "-00f067aa0ba902b7-01-more", "r1", "k1", "r1")]
    [Arguments("ff-" + Trace + "-00f067aa0ba902b7-01", "r1", "k1", "r1")]
    [Arguments("00-00000000000000000000000000000000-00f067aa0ba902b7-01", "r1", null, "r1")]
    [Arguments("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", "", "k1", "k1")]
    [Arguments("garbage", "", "k1", "k1")]
    [Arguments("", "two words", "k1", "k1")]
    [Arguments("", "a\u001bb", "k\n1", "own")]
    [Arguments("", "", "", "own")]
    [Arguments("", "", null, "own")]
    public async Task Id_IsTheCallersWhereItIsSane(string traceparent, string requestId, string? messageId, string expected)
    {
        HeaderDictionary headers = [];
        headers["traceparent"] = traceparent;
        headers["x-request-id"] = requestId;
        await Assert.That(CallId.Of(headers, messageId, "own")).IsEqualTo(expected);
    }

    [Test]
    public async Task IdThatIsAPayload_IsNone()
    {
        HeaderDictionary headers = [];
        headers["x-request-id"] = new string('a', 129);
        await Assert.That(CallId.Of(headers, new string('b', 128), "own")).IsEqualTo(new string('b', 128));
    }

    [Test]
    public async Task CallersFault_IsDebug_OursIsError_WithAllThatIsKnown()
    {
        Lines log = new(LogLevel.Debug);
        DefaultHttpContext call = new() { TraceIdentifier = "own" };
        new CallLog(log).Failed(call, "gRPC /x/Y", new CallSubject("m", "2", "k1"), Stopwatch.GetTimestamp(), isOurs: false, "what was wrong");
        new CallLog(log).Failed(new DefaultHttpContext { TraceIdentifier = "own" }, "REST GET /z", default, Stopwatch.GetTimestamp(), isOurs: true, "it broke", new InvalidOperationException("why"));
        await Assert.That(log.Written[0].Level).IsEqualTo(LogLevel.Debug);
        await Assert.That(log.Written[0].Text).Matches(@"^Call k1 failed: gRPC /x/Y; model: m; version: 2; after \d+\.\d{3} ms: what was wrong$");
        await Assert.That(log.Written[1].Level).IsEqualTo(LogLevel.Error);
        await Assert.That(log.Written[1].Text).Matches(@"^Call own failed: REST GET /z; model: -; version: -; after \d+\.\d{3} ms: it broke$");
        await Assert.That(log.Written[1].Exception!.Message).IsEqualTo("why");
    }

    [Test]
    public async Task CallersFault_IsNotMentionedAtInfo()
    {
        Lines log = new(LogLevel.Information);
        new CallLog(log).Failed(new DefaultHttpContext(), "REST GET /z", default, Stopwatch.GetTimestamp(), isOurs: false, "wrong");
        await Assert.That(log.Written).IsEmpty();
    }

    private sealed class Lines(LogLevel minimum) : ILogger
    {
        public List<(LogLevel Level, string Text, Exception? Exception)> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= minimum;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add((logLevel, formatter(state, exception), exception));
    }
}
