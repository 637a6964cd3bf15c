using Microsoft.AspNetCore.Server.Kestrel.Core;
using Ovms.Frontends;

namespace Ovms.Tests.Frontends;

public sealed class AnswerPaceTests
{
    [Test]
    public async Task NoLimit_LeavesConnectionsOpenHoweverSlowlyTheyAreRead()
    {
        KestrelServerOptions server = new();
        new AnswerPace(TimeSpan.Zero).Use(server);
        await Assert.That(server.Limits.MinResponseDataRate).IsNull();
    }

    // Reading one byte within the limit is enough, as while a call waits; and a single call's own reset comes first.
    [Test]
    [Arguments(1)]
    [Arguments(60)]
    [Arguments(86400)]
    public async Task Limit_IsTheConnectionsToo_AndNotAboutBytesASecond(int seconds)
    {
        KestrelServerOptions server = new();
        new AnswerPace(TimeSpan.FromSeconds(seconds)).Use(server);
        MinDataRate rate = server.Limits.MinResponseDataRate!;
        await Assert.That(rate.GracePeriod).IsEqualTo(TimeSpan.FromSeconds(seconds) + StallWatch.Grace);
        await Assert.That((1L << 40) / rate.BytesPerSecond).IsLessThan(0.001);
    }
}
