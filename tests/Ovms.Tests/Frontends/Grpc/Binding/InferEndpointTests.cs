using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Ovms.Options;
using Ovms.Serving.Lifecycle;

namespace Ovms.Tests.Frontends.Grpc.Binding;

public sealed class InferEndpointTests
{
    public static IEnumerable<Func<Exception>> Breaks() =>
    [
        () => new ConnectionAbortedException("The connection was aborted."),
        () => new ConnectionResetException("The client reset the request stream."),
        () => new OperationCanceledException(),
    ];

    [Test]
    [MethodDataSource(nameof(Breaks))]
    public async Task ConnectionThatBreaksWhileTheRequestComes_IsNoFaultOfOurs(Exception broken)
    {
        // The framework reports the break through the body before it cancels the call.
        Levels log = new();
        await using EndpointCall call = new(Served.Create(ReadyRule.All, metrics: null), log);
        Task answering = call.Begin();
        await call.Body.CompleteAsync(broken);
        await answering;

        await Assert.That(log.Written).IsEquivalentTo([LogLevel.Debug]);
        await Assert.That(call.Http.Response.Headers["grpc-status"].ToString()).IsEqualTo("1");
    }

    private sealed class Levels : ILogger
    {
        public ConcurrentQueue<LogLevel> Written { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Written.Enqueue(logLevel);
    }
}
