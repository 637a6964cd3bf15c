using Ovms.Devices;
using Ovms.Status;

namespace Ovms.Tests.Devices;

public sealed class TargetDeviceTests
{
    [Test]
    [Arguments("CPU", "CPU", "Single", null)]
    [Arguments("", "CPU", "Single", null)]
    [Arguments("  ", "CPU", "Single", null)]
    [Arguments("GPU", "GPU", "Single", null)]
    [Arguments("GPU.1", "GPU.1", "Single", null)]
    [Arguments("GPU.0.1", "GPU.0.1", "Single", null)]
    [Arguments("NPU", "NPU", "Single", null)]
    [Arguments("NPU.3720", "NPU.3720", "Single", null)]
    [Arguments("GPU_ON_CPU", "GPU_ON_CPU", "Single", null)]
    [Arguments("FPGA", "FPGA", "Single", null)]
    [Arguments("cpu", "cpu", "Single", null)]
    [Arguments("AUTO", "AUTO", "Auto", null)]
    [Arguments("AUTO:", "AUTO", "Auto", null)]
    [Arguments("AUTO:CPU", "AUTO:CPU", "Auto", null)]
    [Arguments("AUTO:GPU,CPU", "AUTO:GPU,CPU", "Auto", null)]
    [Arguments("AUTO:GPU, CPU", "AUTO:GPU,CPU", "Auto", null)]
    [Arguments("AUTO:-GPU", "AUTO:-GPU", "Auto", null)]
    [Arguments("AUTO:-GPU,-NPU", "AUTO:-GPU,-NPU", "Auto", null)]
    [Arguments("AUTO:CPU,-GPU.1", "AUTO:CPU,-GPU.1", "Auto", null)]
    [Arguments("AUTO:CPU,CPU", "AUTO:CPU", "Auto", null)]
    [Arguments("MULTI:GPU,CPU", "MULTI:GPU,CPU", "Multi", null)]
    [Arguments("MULTI:GPU(4),CPU(8)", "MULTI:GPU(4),CPU(8)", "Multi", null)]
    [Arguments("MULTI:-GPU", "MULTI:-GPU", "Multi", null)]
    [Arguments("HETERO:GPU,CPU", "HETERO:GPU,CPU", "Hetero", null)]
    [Arguments("HETERO:GPU_ON_CPU,CPU", "HETERO:GPU_ON_CPU,CPU", "Hetero", null)]
    [Arguments("BATCH:CPU", "BATCH:CPU", "Batch", null)]
    [Arguments("BATCH:CPU(16)", "BATCH:CPU(16)", "Batch", 16)]
    [Arguments("BATCH:GPU.1(4)", "BATCH:GPU.1(4)", "Batch", 4)]
    [Arguments("BATCH:NPU_ON_CPU(4)", "BATCH:NPU_ON_CPU(4)", "Batch", 4)]
    public async Task GoodForm_IsReadAndWrittenAsOpenVinoTakesIt(string text, string canonical, string mode, int? batch)
    {
        Outcome<TargetDevice> read = TargetDevice.Parse(text);

        await Assert.That(read.Text).IsEqualTo("OK");
        await Assert.That(read.Value!.ToString()).IsEqualTo(canonical);
        await Assert.That(read.Value.Mode.ToString()).IsEqualTo(mode);
        await Assert.That(read.Value.BatchSize).IsEqualTo(batch);
    }

    [Test]
    [Arguments("CPU,GPU", "put AUTO:, HETERO: or MULTI: before the list")]
    [Arguments("HETERO:", "\"HETERO:\" names no device")]
    [Arguments("HETERO", "HETERO needs at least one")]
    [Arguments("MULTI", "MULTI needs at least one")]
    [Arguments("MULTI:", "MULTI needs at least one")]
    [Arguments("BATCH", "BATCH needs one")]
    [Arguments("BATCH:", "BATCH needs one")]
    [Arguments("BATCH:CPU(0)", "the batch in parentheses must be a whole number from 1 to 2147483647; got \"(0)\"")]
    [Arguments("BATCH:CPU(x)", "got \"(x)\"")]
    [Arguments("BATCH:CPU(-1)", "got \"(-1)\"")]
    [Arguments("BATCH:CPU()", "got \"()\"")]
    [Arguments("BATCH:CPU(4", "got \"(4\"")]
    [Arguments("BATCH:CPU(4)x", "got \"(4)x\"")]
    [Arguments("BATCH:CPU(99999999999)", "got \"(99999999999)\"")]
    [Arguments("BATCH:CPU(", "got \"(\"")]
    [Arguments("BATCH:CPU,GPU", "names 2 devices; BATCH takes one")]
    [Arguments("BATCH:-CPU", "\"-CPU\" is not a device name")]
    [Arguments("HETERO:-GPU,CPU", "\"-GPU\" is not a device name")]
    [Arguments("HETERO:CPU(4)", "HETERO takes no number in parentheses")]
    [Arguments("CPU(4)", "a number in parentheses belongs to BATCH")]
    [Arguments("AUTO:GPU,", "an empty place in its list")]
    [Arguments("AUTO:,", "an empty place in its list")]
    [Arguments("AUTO:BATCH:CPU", "\"BATCH:CPU\" is not a device name")]
    [Arguments("BATCH:AUTO", "AUTO is a mode, and a mode cannot stand inside another")]
    [Arguments("AUTO:CPU(0)", "the number of infer requests in parentheses")]
    [Arguments("auto:CPU", "did you mean AUTO?")]
    [Arguments("FOO:CPU", "\"FOO\" is not a mode")]
    [Arguments("GPU.", "is not a device name")]
    [Arguments("GPU.x", "is not a device name")]
    [Arguments("GPU..1", "is not a device name")]
    [Arguments("1GPU", "is not a device name")]
    [Arguments("G PU", "is not a device name")]
    [Arguments("-GPU", "is not a device name")]
    public async Task BadForm_IsRefusedWithWhatIsWrongAndTheFormsThatExist(string text, string expected)
    {
        Outcome<TargetDevice> read = TargetDevice.Parse(text);

        await Assert.That(read.Code).IsEqualTo(StatusCode.TargetDeviceWrongFormat);
        await Assert.That(read.Detail!).Contains(expected);
        await Assert.That(read.Detail!).EndsWith(TargetDeviceParser.Forms);
    }

    [Test]
    public async Task EndlessText_IsRefusedWithoutBeingRepeated()
    {
        Outcome<TargetDevice> read = TargetDevice.Parse(new string('A', 100_000));

        await Assert.That(read.Code).IsEqualTo(StatusCode.TargetDeviceWrongFormat);
        await Assert.That(read.Text.Length).IsLessThan(1000);
    }
}
