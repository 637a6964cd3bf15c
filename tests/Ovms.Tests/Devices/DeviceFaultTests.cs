using Ovms.Devices;

namespace Ovms.Tests.Devices;

/// <summary>Texts of OpenVINO 2026.4.1: those of devices were seen with the layer of tests/gpu, the others on the CPU.</summary>
internal sealed class DeviceFaultTests
{
    [Test]
    [Arguments("Exception from src/plugins/intel_gpu/src/runtime/ocl/ocl_stream.cpp:364:\n[GPU] clWaitForEvents, error code: -5 CL_OUT_OF_RESOURCES\n")]
    [Arguments("[GPU] clEnqueueWriteBuffer, error code: -2 CL_DEVICE_NOT_AVAILABLE")]
    [Arguments("[GPU] CL_OUT_OF_RESOURCES exception.\n\tDue to a driver bug, any subsequent OpenCL API call may cause the application to hang")]
    [Arguments("L0 zeFenceHostSynchronize result: ZE_RESULT_ERROR_DEVICE_LOST, code 0x70000001")]
    public async Task TroubleOfADevice_IsRecognised(string text) => await Assert.That(DeviceFault.IsOf(text)).IsTrue();

    [Test]
    [Arguments("Exception from src/core/src/node.cpp:\nWhile validating node 'opset1::Add Add_1': Argument shapes are inconsistent.")]
    [Arguments("[CPU] Gather node with name 'g' has index that is out of range")]
    [Arguments("[GPU] Can't allocate output for dynamic layout without upper bound")]
    [Arguments("Failed to create fp16 kernel: unsupported operation")]
    [Arguments("")]
    public async Task TroubleOfARequestOrModel_IsNone(string text) => await Assert.That(DeviceFault.IsOf(text)).IsFalse();
}
