using Microsoft.Extensions.Logging;
using Ovms.Serving.Lifecycle;
using Ovms.Status;

namespace Ovms.Tests.Serving.Lifecycle;

/// <summary>What a look at the configuration writes to the log.</summary>
public sealed class ReloadAccountTests
{
    [Test]
    public async Task Warnings_AreLoggedWhenTheyFirstAppear()
    {
        Lines log = new();
        ReloadAccount account = new(TimeProvider.System, log);
        account.Enter(Look(1, true, "a", "b"));
        account.Enter(Look(2, false));
        account.Enter(Look(3, true, "a", "b", "c"));
        account.Enter(Look(4, true, "c"));
        account.Enter(Look(5, true, "a", "c"));
        await Assert.That(string.Join(' ', log.Texts)).IsEqualTo("a b c a");
    }

    private static DesiredLook Look(long number, bool changed, params string[] warnings) =>
        new(new Desired([], number, IsVouched: false), Outcome.Ok, changed, [], [.. warnings]);

    private sealed class Lines : ILogger
    {
        public List<string> Texts { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel level, EventId id, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Texts.Add(formatter(state, exception));
    }
}
