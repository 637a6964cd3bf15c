using System.Diagnostics;
using Ovms.Observability.Metrics;
using Ovms.Serving;
using Ovms.Serving.Adaptive;
using Ovms.Serving.Table;

namespace Ovms.Tests.Serving.Adaptive;

public sealed class ModelLoadTests
{
    private static readonly long s_window = Stopwatch.Frequency / 4;

    // Each answer of 32 callers was inside for 680 ms. The first window with calls began without them, and the latest may end so.
    [Test]
    public async Task FewAnswersInAWindow_AreMeasuredTogether()
    {
        await WithServableAsync(async servable =>
        {
            ModelLoad load = new(servable, 0);
            long now = 0;
            foreach (int answers in (int[])[5, 9, 15, 12, 12, 40])
            {
                Answer(servable, answers, 0.68);
                load.Measure(now += s_window);
            }

            await Assert.That((load.Rate, load.LatencyRate)).IsEqualTo((48, 48));
            await Assert.That(Math.Round(load.InFlight, 2)).IsEqualTo(32.64);

            // A change begins anew.
            load.Changed(load.Throughput, now);
            Answer(servable, 25, 0.3);
            ArrangementFacts facts = load.Measure(now + s_window);
            await Assert.That((facts.Rate, facts.Settled)).IsEqualTo((100, TimeSpan.FromMilliseconds(250)));
        });
    }

    // While the second form serves, its last windows before the callers leave must not look as if it were slow.
    [Test]
    public async Task EndOfManyCalls_SaysNothingOfTheForm()
    {
        await WithServableAsync(async servable =>
        {
            servable.Throughput!.Make();
            servable.Throughput.Serve();
            ModelLoad load = new(servable, 0);
            long now = 0;
            List<(double Rate, bool IsBusy)> seen = [];
            foreach (int answers in (int[])[100, 100, 100, 100, 30, 0, 0])
            {
                Answer(servable, answers, 0.08);
                ArrangementFacts facts = load.Measure(now += s_window);
                seen.Add((facts.Rate, facts.IsBusy));
            }

            await Assert.That(seen[2..5].All(static item => item == (400, true))).IsTrue();
            await Assert.That(seen[5..].All(static item => item == (0, false))).IsTrue();
        });
    }

    [Test]
    public async Task QuietTimeBeforeManyCalls_DoesNotMakeTheFirstFormSlower()
    {
        await WithServableAsync(async servable =>
        {
            ModelLoad load = new(servable, 0);
            long now = 0;
            for (int i = 0; i < 6; i++)
            {
                load.Measure(now += s_window);
            }

            for (int i = 0; i < 4; i++)
            {
                Answer(servable, 12, 0.68);
                load.Measure(now += s_window);
            }

            await Assert.That(load.LatencyRate).IsEqualTo(48);
        });
    }

    // Windows count when the next one has many calls too, and four are long enough.
    [Test]
    public async Task RateOfCallsAlone_IsThatOfAllWindowsInWhichTheyWait()
    {
        await WithServableAsync(async servable =>
        {
            ThroughputForm form = servable.BatchForm!;
            ModelLoad load = new(servable, 0);
            long now = 0;
            List<double> seen = [];
            foreach (int answers in (int[])[0, 50, 50, 50, 50, 50, 50, 25, 25, 25, 0, 0])
            {
                Answer(servable, answers, 0.68);
                load.Measure(now += s_window);
                seen.Add(Math.Round(load.MeasureBatches(form, now).RateAlone));
            }

            await Assert.That(string.Join(" ", seen)).IsEqualTo("0 0 0 0 0 0 200 200 183 171 0 0");
        });
    }

    [Test]
    public async Task WhileCallsAreComputedTogether_TheOtherRatesStay()
    {
        await WithServableAsync(async servable =>
        {
            ThroughputForm form = servable.BatchForm!;
            ModelLoad load = new(servable, 0);
            long now = 0;
            for (int i = 0; i < 7; i++)
            {
                Answer(servable, 50, 0.68);
                load.Measure(now += s_window);
            }

            form.Make();
            form.Serve();
            load.Changed(load.Batches, now);
            BatchFacts facts = default;
            for (int i = 0; i < 7; i++)
            {
                Answer(servable, 90, 0.2);
                load.Measure(now += s_window);
                facts = load.MeasureBatches(form, now);
            }

            await Assert.That((facts.Rate, facts.RateAlone, load.LatencyRate)).IsEqualTo((360, 200, 200));
            await Assert.That((facts.Serves, facts.Settled)).IsEqualTo((true, TimeSpan.FromMilliseconds(7 * 250)));

            // What serves again has its time, whatever the calls say that the other form had begun.
            load.Refuse(load.Batches, now);
            await Assert.That(load.HasJustEndedBatches(now + s_window)).IsTrue();
            await Assert.That(load.HasJustEndedBatches(now + (4 * s_window))).IsFalse();
            await Assert.That(load.MeasureBatches(form, now).Refused).IsEqualTo(136);
        });
    }

    [Test]
    public async Task ModelWithoutCalls_HasNoRate()
    {
        await WithServableAsync(async servable =>
        {
            ArrangementFacts facts = new ModelLoad(servable, 0).Measure(s_window);
            await Assert.That((facts.Rate, facts.InFlight, facts.LatencyRate, facts.IsBusy)).IsEqualTo((0, 0, 0, false));
        });
    }

    // Calls count by the millisecond of the latest answer.
    private static void Answer(Servable servable, int answers, double seconds)
    {
        long latest = servable.Statistics.Counted.Answered;
        SpinWait.SpinUntil(() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() > latest);
        for (int i = 0; i < answers; i++)
        {
            servable.Statistics.Add(1, new CallPhases((long)(seconds * Stopwatch.Frequency), 0, 0, 0, 0));
        }
    }

    private static async Task WithServableAsync(Func<Servable, Task> test)
    {
        LoadedModel loaded = DummyServable.Load(1, 16);
        loaded.Throughput = new ThroughputForm(() => DummyServable.Make(), () => 10);
        loaded.BatchForm = new ThroughputForm(() => DummyServable.Make(), () => 10);
        Servable servable = new(new ServableId("dummy", 1), loaded);
        await test(servable);
        servable.Retire();
        await servable.Drained;
    }
}
