using Ovms.Devices.Cpu;

namespace Ovms.Tests.Devices.Cpu;

public sealed class CpuSetTests
{
    [Test]
    [Arguments("0-3", "0-3", 4)]
    [Arguments("0", "0", 1)]
    [Arguments("0,2,4-6", "0,2,4-6", 5)]
    [Arguments("3,1,2,0,2-3", "0-3", 4)]
    [Arguments(" 0-1 , 8\n", "0-1,8", 3)]
    [Arguments("127", "127", 1)]
    [Arguments("", "", 0)]
    public async Task List_IsReadAndWrittenAsTheKernelDoes(string text, string written, int count)
    {
        CpuSet? set = CpuSet.Parse(text);
        await Assert.That(set!.ToString()).IsEqualTo(written);
        await Assert.That(set.Count).IsEqualTo(count);
    }

    [Test]
    [Arguments("a")]
    [Arguments("0-")]
    [Arguments("-1")]
    [Arguments("3-1")]
    [Arguments("0-x")]
    [Arguments("0;1")]
    [Arguments("0-99999999")]
    [Arguments("99999999999999999999")]
    public async Task OtherText_IsNone(string text) => await Assert.That(CpuSet.Parse(text)).IsNull();

    [Test]
    public async Task And_TakesWhatBothHave()
    {
        await Assert.That(CpuSet.Parse("0-3,8")!.And(CpuSet.Parse("2-9")!)).IsEqualTo(CpuSet.Parse("2-3,8"));
        await Assert.That(CpuSet.First(2).And(CpuSet.Parse("4")!).Count).IsEqualTo(0);
    }
}
