using Ovms.Devices;
using Ovms.Native;
using Ovms.Status;

namespace Ovms.Tests.Devices;

public sealed class StringRuleTests
{
    private static readonly PortInfo s_text = new(0, "text", ElementType.String, PartialShape.Of(1));
    private static readonly PortInfo s_number = new(0, "number", ElementType.F32, PartialShape.Of(1));

    [Test]
    [Arguments("GPU", "GPU: input text is of type string, with which GPU cannot compute. Use CPU as target device")]
    [Arguments("GPU.1", "with which GPU.1 cannot compute")]
    [Arguments("NPU", "with which NPU cannot compute")]
    [Arguments("BATCH:GPU(4)", "BATCH:GPU(4): input text is of type string, with which GPU cannot compute")]
    [Arguments("HETERO:GPU.0,GPU.1", "with which GPU.0 and GPU.1 cannot compute")]
    [Arguments("AUTO:GPU.0,GPU.1", "with which GPU.0 and GPU.1 cannot compute")]
    [Arguments("MULTI:GPU,NPU", "with which GPU and NPU cannot compute")]
    [Arguments("AUTO:-CPU", "with which GPU and NPU cannot compute")]
    public async Task Strings_OnDevicesWithoutThem_AreRefusedByName(string target, string text)
    {
        Outcome<TargetDevice> outcome = StringRule.Apply(TargetDevice.Parse(target).Value!, [s_text], [s_number], out string? warning);

        await Assert.That(outcome.Code).IsEqualTo(StatusCode.ModelConfigInvalid);
        await Assert.That(outcome.Text).Contains(text);
        await Assert.That(warning).IsNull();
    }

    [Test]
    public async Task StringOutput_IsNamedToo()
    {
        PortInfo output = s_text with { Index = 3, Name = null };

        Outcome<TargetDevice> outcome = StringRule.Apply(TargetDevice.Parse("GPU").Value!, [s_number], [s_number, output], out _);

        await Assert.That(outcome.Text).Contains("output #3 is of type string");
    }

    [Test]
    [Arguments("AUTO:GPU,CPU", "AUTO:CPU")]
    [Arguments("MULTI:CPU(2),GPU.1", "MULTI:CPU(2)")]
    [Arguments("AUTO", "AUTO:CPU")]
    [Arguments("AUTO:-GPU", "AUTO:CPU")]
    public async Task Mode_WithTheCpuBeside_GoesOnWithIt(string target, string left)
    {
        Outcome<TargetDevice> outcome = StringRule.Apply(TargetDevice.Parse(target).Value!, [s_text], [], out string? warning);

        await Assert.That(outcome.Value!.ToString()).IsEqualTo(left);
        await Assert.That(warning!).Contains($"so {target} goes on as {left}");
    }

    [Test]
    [Arguments("CPU", true)]
    [Arguments("BATCH:CPU(2)", true)]
    [Arguments("AUTO:CPU", true)]
    [Arguments("HETERO:GPU,CPU", true)]
    [Arguments("GPU", false)]
    [Arguments("AUTO", false)]
    public async Task DevicesThatCanCompute_AreLeftAlone(string target, bool hasStrings)
    {
        TargetDevice asked = TargetDevice.Parse(target).Value!;

        Outcome<TargetDevice> outcome = StringRule.Apply(asked, [hasStrings ? s_text : s_number], [], out string? warning);

        await Assert.That(outcome.Value).IsEqualTo(asked);
        await Assert.That(warning).IsNull();
    }
}
