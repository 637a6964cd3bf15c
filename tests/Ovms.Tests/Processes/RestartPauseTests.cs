using Ovms.Processes;
using TUnit.Assertions.Enums;

namespace Ovms.Tests.Processes;

/// <summary>Pauses before a child is started again.</summary>
public sealed class RestartPauseTests
{
    [Test]
    public async Task Pauses_Grow_UntilAChildHasRunWell()
    {
        RestartPause pause = new();
        double[] seconds = [.. Enumerable.Range(0, 11).Select(_ => pause.Next(TimeSpan.FromSeconds(59)).TotalSeconds)];
        await Assert.That(seconds).IsEquivalentTo([0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30], CollectionOrdering.Matching);
        await Assert.That(pause.Next(TimeSpan.FromMinutes(1))).IsEqualTo(RestartPause.First);
        await Assert.That(pause.Next(TimeSpan.Zero)).IsEqualTo(RestartPause.First * 2);
    }
}
