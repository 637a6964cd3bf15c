using Ovms.Serving.Lifecycle;

namespace Ovms.Tests.Serving.Lifecycle;

public sealed class WayBackTests
{
    private static readonly TimeSpan s_now = TimeSpan.FromHours(1);

    [Test]
    public async Task Pauses_GrowWithEachFailure()
    {
        WayBack way = WayBack.AfterFall(null, s_now);
        List<double> pauses = [(way.At!.Value - s_now).TotalSeconds];
        for (int i = 0; i < 7; i++)
        {
            way = way.AfterFailure(s_now, TimeSpan.Zero);
            pauses.Add((way.At!.Value - s_now).TotalSeconds);
        }

        await Assert.That(string.Join(' ', pauses)).IsEqualTo("1 2 4 8 16 32 60 60");
    }

    [Test]
    public async Task LoadThatTakesLong_IsTriedSeldom() =>
        await Assert.That(WayBack.AfterFall(null, s_now).AfterFailure(s_now, TimeSpan.FromMinutes(1)).At).IsEqualTo(s_now + TimeSpan.FromMinutes(2));

    [Test]
    [Arguments(30, 16)]
    [Arguments(200, 1)]
    public async Task FallSoonAfterTheReturn_GoesOnWithThePause(int secondsAfter, int pause)
    {
        WayBack way = WayBack.AfterFall(null, s_now);
        for (int i = 0; i < 3; i++)
        {
            way = way.AfterFailure(s_now, TimeSpan.Zero);
        }

        way = way.AfterReturn(s_now);
        await Assert.That(way.At).IsNull();
        TimeSpan later = s_now + TimeSpan.FromSeconds(secondsAfter);
        await Assert.That(WayBack.AfterFall(way, later).At).IsEqualTo(later + TimeSpan.FromSeconds(pause));
    }
}
