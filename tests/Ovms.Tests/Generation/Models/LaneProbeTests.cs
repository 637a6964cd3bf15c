using Ovms.Generation.Models;

namespace Ovms.Tests.Generation.Models;

/// <summary>When two forms of a model count as the same.</summary>
public class LaneProbeTests
{
    private const int All = LaneProbe.First + LaneProbe.Second;

    [Test]
    public async Task Rounding_IsTheSame() => await Assert.That(AreSame(static (_, _) => 1e-5f)).IsTrue();

    [Test]
    public async Task SingleRows_MayDiffer() => await Assert.That(AreSame(static (row, _) => row % 10 == 9 ? 0.5f : 0)).IsTrue();

    [Test]
    public async Task ShiftOfARow_IsTheSameOnlyIfSmall() => await Assert.That(AreSame(static (_, _) => 0.1f)).IsFalse();

    [Test]
    public async Task AllButTheFirstRow_IsAnotherModel() => await Assert.That(AreSame(static (row, column) => row > 0 && column % 3 == 0 ? 0.1f : 0)).IsFalse();

    [Test]
    public async Task SecondSequenceAlone_IsAnotherModel() => await Assert.That(AreSame(static (row, _) => row >= LaneProbe.First ? 0.1f : 0)).IsFalse();

    [Test]
    public async Task SingleTokensAlone_AreAnotherModel() =>
        await Assert.That(AreSame(static (row, _) => row is >= LaneProbe.First - 4 and < LaneProbe.First or >= All - 4 ? 0.1f : 0)).IsFalse();

    [Test]
    public async Task NotANumber_IsAnotherModel() => await Assert.That(AreSame(static (row, column) => row == 5 && column == 7 ? float.NaN : 0)).IsFalse();

    private static bool AreSame(Func<int, int, float> error)
    {
        Random random = new(3);
        float[][] expected = [.. Enumerable.Range(0, All).Select(_ => Enumerable.Range(0, 64).Select(_ => (float)(random.NextDouble() * 4)).ToArray())];
        float[][] actual = [.. expected.Select((values, row) => values.Select((value, column) => value + error(row, column)).ToArray())];
        return LaneProbe.AreSame(expected, actual, LaneProbe.Rounding);
    }
}
