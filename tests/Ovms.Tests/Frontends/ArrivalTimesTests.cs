using Ovms.Frontends;

namespace Ovms.Tests.Frontends;

public sealed class ArrivalTimesTests
{
    [Test]
    [Arguments(30u, 60u, 600u, null, 30_000L, "request_start_timeout_seconds")]
    [Arguments(30u, 60u, 600u, 29_000L, 89_000L, "request_stall_timeout_seconds")]
    [Arguments(30u, 60u, 600u, 599_000L, 600_000L, "request_timeout_seconds")]
    [Arguments(0u, 60u, 600u, null, 600_000L, "request_timeout_seconds")]
    [Arguments(30u, 0u, 0u, null, 30_000L, "request_start_timeout_seconds")]
    public async Task FirstLimitThatIsPassed_EndsTheWait(uint start, uint stall, uint whole, long? lastByte, long at, string option)
    {
        ArrivalTimes times = new(start, stall, whole);
        await Assert.That(times.AreLimited).IsTrue();
        await Assert.That(times.GivenUpAt(lastByte)).IsEqualTo(at);
        await Assert.That(times.Reason(lastByte).Text).Contains(option);
    }

    [Test]
    [Arguments(0u, 0u, 0u, null)]
    [Arguments(0u, 60u, 0u, null)]
    [Arguments(30u, 0u, 0u, 5L)]
    public async Task WhereNothingIsLimited_TheWaitGoesOn(uint start, uint stall, uint whole, long? lastByte) =>
        await Assert.That(new ArrivalTimes(start, stall, whole).GivenUpAt(lastByte)).IsEqualTo(long.MaxValue);
}
