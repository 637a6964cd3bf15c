using Ovms.Serving.Health;
using Ovms.Tests.Serving.Lifecycle;

namespace Ovms.Tests.Serving.Health;

internal sealed class DeviceErrorLogTests
{
    private readonly FakeClock _clock = new();
    private readonly List<(int Number, int InARow, string Text)> _lines = [];

    [Test]
    public async Task ErrorsOfTheSameMinute_AreOneLineWhenItEnds()
    {
        DeviceErrorLog log = Make();
        for (int error = 1; error <= 20; error++)
        {
            log.Add(error, $"text {error}");
        }

        await Assert.That(_lines).IsEquivalentTo([(1, 1, "text 1")]);
        _clock.Advance(TimeSpan.FromSeconds(59));
        await Assert.That(_lines.Count).IsEqualTo(1);
        await EndMinuteAsync(lines: 2);
        await Assert.That(_lines[1]).IsEqualTo((19, 20, "text 20"));

        // The next minute counts from that line on.
        log.Add(21, "text 21");
        log.Add(22, "text 22");
        await Assert.That(_lines.Count).IsEqualTo(2);
        await EndMinuteAsync(lines: 3);
        await Assert.That(_lines[2]).IsEqualTo((2, 22, "text 22"));
    }

    [Test]
    public async Task ErrorAfterAQuietMinute_IsALineAtOnce()
    {
        DeviceErrorLog log = Make();
        log.Add(1, "a");
        await Assert.That(_clock.NextDue).IsNull();
        _clock.Advance(TimeSpan.FromSeconds(61));
        log.Add(1, "b");
        await Assert.That(_lines).IsEquivalentTo([(1, 1, "a"), (1, 1, "b")]);
    }

    [Test]
    public async Task Write_WritesWhatIsLeft_Once()
    {
        DeviceErrorLog log = Make();
        log.Add(1, "a");
        log.Add(2, "b");
        log.Write();
        log.Write();
        await Assert.That(_lines).IsEquivalentTo([(1, 1, "a"), (1, 2, "b")]);
    }

    private DeviceErrorLog Make() => new(
        _clock,
        (number, inARow, text) =>
        {
            lock (_lines)
            {
                _lines.Add((number, inARow, text));
            }
        });

    private async Task EndMinuteAsync(int lines)
    {
        _clock.Advance(await _clock.WhenSetAsync());
        while (true)
        {
            lock (_lines)
            {
                if (_lines.Count == lines)
                {
                    return;
                }
            }

            await Task.Yield();
        }
    }
}
