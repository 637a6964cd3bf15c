using Ovms.Devices.Cpu;

namespace Ovms.Tests.Devices.Cpu;

public sealed class CpuQuotaTests
{
    [Test]
    [Arguments("150000 100000", 1.5)]
    [Arguments("200000", 2.0)]
    [Arguments("50000 25000\n", 2.0)]
    [Arguments("1 1000000", 0.000001)]
    public async Task Quota_IsTimeInAPeriod(string text, double cpus)
    {
        await Assert.That(CpuQuota.TryParse(text, "/f", out CpuQuota? quota)).IsTrue();
        await Assert.That((double)quota!.Cpus).IsEqualTo(cpus);
        await Assert.That(quota.Source).IsEqualTo("/f");
    }

    [Test]
    [Arguments("max 100000")]
    [Arguments("max")]
    [Arguments("-1 100000")]
    [Arguments("-1")]
    public async Task NoQuota_IsNull(string text)
    {
        await Assert.That(CpuQuota.TryParse(text, "/f", out CpuQuota? quota)).IsTrue();
        await Assert.That(quota).IsNull();
    }

    [Test]
    [Arguments("")]
    [Arguments("a 100000")]
    [Arguments("100000 a")]
    [Arguments("100000 0")]
    [Arguments("0 100000")]
    [Arguments("-5 100000")]
    [Arguments("1 2 3")]
    [Arguments("max 1 2")]
    [Arguments("99999999999999999999 100000")]
    public async Task OtherText_IsRefused(string text)
    {
        await Assert.That(CpuQuota.TryParse(text, "/f", out CpuQuota? quota)).IsFalse();
        await Assert.That(quota).IsNull();
    }
}
