using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Ovms.Serving;
using Ovms.Serving.Draining;
using Ovms.Serving.Lifecycle;
using Ovms.Serving.Sequences;
using Ovms.Serving.Table;
using Ovms.Tests.Frontends.Grpc;
using Ovms.Tests.Setup;
using static Ovms.Tests.Serving.Sequences.Accumulator;

namespace Ovms.Tests.Serving.Sequences;

public sealed class SequenceCleanerTests
{
    [Test]
    public async Task TicksWithoutACall_RemoveTheSequence()
    {
        Servable servable = Serve();
        SequenceTable sequences = servable.Sequences!;
        ServableRegistry registry = Publish(servable);
        ManualTime time = new();
        using CancellationTokenSource stop = new();
        Task running = new SequenceCleaner(registry, time, NullLogger.Instance).RunAsync(TimeSpan.FromMinutes(5), stop.Token);
        await sequences.StepAsync(Start(1), 1);
        await Assert.That(time.Periods).IsEquivalentTo([TimeSpan.FromMinutes(5)]);

        await Assert.That(await TicksUntil(time, () => sequences.Count == 0)).IsTrue();
        await stop.CancelAsync();
        await running;
        servable.Retire();
        await servable.Drained;
    }

    [Test]
    public async Task PeriodOfNothing_NeverLooks()
    {
        ManualTime time = new();
        await new SequenceCleaner(Publish(), time, NullLogger.Instance).RunAsync(TimeSpan.Zero, CancellationToken.None);
        await Assert.That(time.Periods).IsEmpty();
    }

    [Test]
    public async Task PeriodThatNoTimerTakes_IsShortened()
    {
        ManualTime time = new();
        using CancellationTokenSource stop = new();
        Task running = new SequenceCleaner(Publish(), time, NullLogger.Instance).RunAsync(TimeSpan.FromMinutes(uint.MaxValue), stop.Token);
        await Assert.That(time.Periods.Single()).IsEqualTo(TimeSpan.FromMilliseconds(uint.MaxValue - 1));
        await stop.CancelAsync();
        await running;
    }

    [Test]
    public async Task ServableThatIsGone_IsLeftAlone()
    {
        Servable gone = Serve();
        await gone.Sequences!.StepAsync(Start(1), 1);
        gone.Retire();
        await gone.Drained;
        Servable live = Serve("live");
        await live.Sequences!.StepAsync(Start(1), 1);
        ServableRegistry registry = Publish(gone, live);
        ManualTime time = new();
        using CancellationTokenSource stop = new();
        Task running = new SequenceCleaner(registry, time, NullLogger.Instance).RunAsync(TimeSpan.FromMinutes(1), stop.Token);
        await Assert.That(await TicksUntil(time, () => live.Sequences!.Count == 0)).IsTrue();
        await Assert.That(gone.Sequences!.Count).IsEqualTo(1);
        await stop.CancelAsync();
        await running;
        live.Retire();
        await live.Drained;
    }

    [Test]
    public async Task SweepThatThrows_IsToldAndTheNextOneComes()
    {
        Servable servable = Serve();
        SequenceTable sequences = servable.Sequences!;
        ManualTime time = new();
        using CancellationTokenSource stop = new();
        ThrowingOnce log = new();
        Task running = new SequenceCleaner(Publish(servable), time, log).RunAsync(TimeSpan.FromMinutes(5), stop.Token);
        await sequences.StepAsync(Start(1), 1);
        await Assert.That(await TicksUntil(time, () => log.Told.Any(static line => line.StartsWith("The check for idle sequences failed", StringComparison.Ordinal)))).IsTrue();
        await sequences.StepAsync(Start(2), 1);
        await Assert.That(await TicksUntil(time, () => sequences.Count == 0)).IsTrue();
        await stop.CancelAsync();
        await running;
        servable.Retire();
        await servable.Drained;
    }

    private static ServableRegistry Publish(params Servable[] servables)
    {
        ServableRegistry registry = new(new Drain());
        registry.Publish(new ServableTable(servables.Select(static servable => new ModelEntry(servable.Id.Name, [new VersionEntry(servable.Id.Version, ServableState.Available, servable)]))));
        return registry;
    }

    // Ticks that come while the sweep of one runs are one: it is not known how many are needed.
    private static Task<bool> TicksUntil(ManualTime time, Func<bool> condition) => Refusals.Eventually(() =>
    {
        time.Tick();
        return condition();
    });

    /// <summary>A log that fails at its first line.</summary>
    private sealed class ThrowingOnce : ILogger
    {
        private int _calls;

        public ConcurrentQueue<string> Told { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (Interlocked.Increment(ref _calls) == 1)
            {
                throw new InvalidOperationException("the log failed");
            }

            Told.Enqueue(formatter(state, exception));
        }
    }
}
