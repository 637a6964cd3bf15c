using Ovms.Serving.Signatures;

namespace Ovms.Tests.Serving.Signatures;

/// <summary>Where a layout's letters stand in a tensor.</summary>
public class LayoutTextTests
{
    [Test]
    [Arguments("NCHW", 'N', 4, 0)]
    [Arguments("NCHW", 'C', 4, 1)]
    [Arguments("CHWN", 'N', 4, 3)]
    [Arguments("N...", 'N', 4, 0)]
    [Arguments("N...C", 'C', 4, 3)]
    [Arguments("...NC", 'N', 5, 3)]
    [Arguments("N...", 'N', 1, 0)]
    [Arguments("N...", 'N', 0, -1)]
    [Arguments("CHW", 'N', 3, -1)]
    [Arguments("...", 'N', 3, -1)]
    public async Task Letter_HasItsAxis(string layout, char letter, int rank, int axis) =>
        await Assert.That(LayoutText.AxisOf(layout, letter, rank)).IsEqualTo(axis);

    [Test]
    [Arguments("NCHW", 4, true)]
    [Arguments("NCHW", 3, false)]
    [Arguments("NCHW", 5, false)]
    [Arguments("N...", 1, true)]
    [Arguments("N...", 0, false)]
    [Arguments("...", 0, true)]
    [Arguments("N...C", 2, true)]
    [Arguments("N...C", 1, false)]
    public async Task Layout_FitsRanks(string layout, int rank, bool fits) =>
        await Assert.That(LayoutText.Fits(layout, rank)).IsEqualTo(fits);
}
