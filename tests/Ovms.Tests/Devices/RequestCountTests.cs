using Ovms.Devices;

namespace Ovms.Tests.Devices;

public sealed class RequestCountTests
{
    [Test]
    [Arguments("CPU", 0, 4, 4, null)]
    [Arguments("CPU", 7, 4, 7, null)]
    [Arguments("CPU", 0, 0, 1, "does not tell how many infer requests are best")]
    [Arguments("CPU", 3, 0, 3, null)]
    [Arguments("BATCH:CPU(16)", 0, 16, 16, null)]
    [Arguments("BATCH:CPU(16)", 32, 16, 32, null)]
    [Arguments("BATCH:CPU(16)", 4, 16, 4, "with --nireq 4 a batch of 16 never fills")]
    [Arguments("BATCH:CPU(16)", 0, 1, 1, "found no batch dimension")]
    [Arguments("BATCH:CPU", 0, 1, 1, null)]
    [Arguments("BATCH:CPU(256)", 0, 256, 256, null)]
    [Arguments("BATCH:GPU(99999)", 0, 99999, 99999, "makes 99999 infer requests")]
    [Arguments("BATCH:GPU(99999)", 200000, 99999, 200000, null)]
    public async Task Count_IsAsAskedForElseAsFoundBest(string target, int nireq, int optimal, int expected, string? warning)
    {
        List<string> warnings = [];

        int count = RequestCount.Decide(TargetDevice.Parse(target).Value!, nireq, optimal, warnings);

        await Assert.That(count).IsEqualTo(expected);
        await Assert.That(warnings.Count).IsEqualTo(warning is null ? 0 : 1);
        await Assert.That(warnings.FirstOrDefault() ?? "").Contains(warning ?? "");
    }
}
