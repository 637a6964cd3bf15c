using Ovms.Native;
using Ovms.Serving.Health;
using Ovms.Serving.Lifecycle;
using Ovms.Serving.Requests;

namespace Ovms.Tests.Serving.Lifecycle;

internal sealed class ExecutionWatchTests
{
    [Test]
    [Arguments(null, null, "well")]
    [Arguments(null, "GPU.0>GPU.0, CPU", "well")]
    [Arguments(null, "GPU.0>CPU!", "failed there, so that AUTO:GPU,CPU left it and computed on CPU")]
    [Arguments("[GPU] CL_OUT_OF_RESOURCES", "GPU.0>CPU!", "[GPU] CL_OUT_OF_RESOURCES")]
    [Arguments("", null, "no answer within 120 s")]
    public async Task FirstInference_IsWellOnlyOnTheDeviceThatItWasMeantFor(string? fault, string? change, string expected)
    {
        ZeroResult result = fault switch
        {
            null => new ZeroResult(true, EngineFault.None),
            "" => ZeroResult.NoAnswer,
            _ => new ZeroResult(true, new EngineFault(OvStatus.GeneralError, fault)),
        };
        string[]? devices = change?.TrimEnd('!').Split('>');
        DeviceChange? changed = devices is null ? null : new DeviceChange(devices[0], devices[1], change!.EndsWith('!'));

        await Assert.That(ExecutionWatch.OutcomeOf(result, "AUTO:GPU,CPU", changed)).IsEqualTo(expected);
    }
}
