using Ovms.Devices;
using Ovms.Status;

namespace Ovms.Tests.Devices;

public sealed class PropertyBlameTests
{
    private static readonly CompileProperties s_properties = new(
        [
            new("PERFORMANCE_HINT", "LATENCY"),
            new("INFERENCE_PRECISION_HINT", "bf16"),
            new("DEVICE_PROPERTIES", "{GPU.1:{GPU_QUEUE_PRIORITY:x}}"),
        ],
        []);

    [Test]
    [Arguments(
        "Invalid value: bf16 for property: INFERENCE_PRECISION_HINT",
        "plugin_config: INFERENCE_PRECISION_HINT cannot be \"bf16\" on GPU; change it or leave it out. OpenVINO says: Invalid value: bf16")]
    [Arguments("Invalid value: x for property: GPU_QUEUE_PRIORITY; more", "DEVICE_PROPERTIES.GPU.1.GPU_QUEUE_PRIORITY cannot be \"x\"")]
    public async Task TextThatNamesAProperty_IsAboutTheConfiguration(string said, string expected)
    {
        Outcome outcome = PropertyBlame.Of(TargetDevice.Parse("GPU").Value!, s_properties, said);

        await Assert.That(outcome.Code).IsEqualTo(StatusCode.ModelConfigInvalid);
        await Assert.That(outcome.Text).Contains(expected);
    }

    [Test]
    [Arguments("PERFORMANCE_HINT_NUM_REQUESTS is odd")]
    [Arguments("Operation Foo is not supported")]
    public async Task OtherText_IsAboutTheModel(string said)
    {
        Outcome outcome = PropertyBlame.Of(TargetDevice.Parse("GPU").Value!, s_properties, said);

        await Assert.That(outcome.Code).IsEqualTo(StatusCode.CannotCompileModelIntoTargetDevice);
        await Assert.That(outcome.Text).Contains("GPU with PERFORMANCE_HINT=LATENCY, INFERENCE_PRECISION_HINT=bf16").And.EndsWith(said);
    }
}
