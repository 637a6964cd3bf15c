using Ovms.Serving.Batches;

namespace Ovms.Tests.Serving.Batches;

public sealed class BatchSizesTests
{
    [Test]
    [Arguments(1, 1)]
    [Arguments(2, 2)]
    [Arguments(3, 3)]
    [Arguments(4, 4)]
    [Arguments(5, 4)]
    [Arguments(7, 6)]
    [Arguments(11, 8)]
    [Arguments(15, 12)]
    [Arguments(31, 24)]
    [Arguments(32, 32)]
    [Arguments(1024, 1024)]
    public async Task FewNumbersOfRows_AreComputed(int there, int taken) => await Assert.That(BatchSizes.Floor(there)).IsEqualTo(taken);
}
