using Ovms.Devices;

namespace Ovms.Tests.Devices;

/// <summary>Texts of OpenVINO 2026.4.1: those of devices were seen with the layer of tests/gpu, the others on the CPU.</summary>
internal sealed class DeviceFaultTests
{
    [Test]
    [Arguments("Exception from src/plugins/intel_gpu/src/runtime/ocl/ocl_stream.cpp:364:\n[GPU] clWaitForEvents, error code: -5 CL_OUT_OF_RESOURCES\n")]
    [Arguments("[GPU] clEnqueueWriteBuffer, error code: -2 CL_DEVICE_NOT_AVAILABLE")]
    [Arguments("[GPU] clWaitForEvents failed with -36 code")]
    [Arguments("[GPU] clEnqueueNDRangeKernel, error code: -9999 unknown macro name")]
    [Arguments("[GPU] ProgramBuilder build failed!\n[GPU] clGetProgramBuildInfo, error code: -44 CL_INVALID_PROGRAM")]
    [Arguments("[GPU] buffer allocation failed")]
    [Arguments("Standard exception from compilation library: [GPU] buffer allocation failed")]
    [Arguments("[GPU] out of GPU resources")]
    [Arguments("[GPU] Exceeded max size of memory object allocation: requested 4294967296 bytes, but max alloc size supported by device is 1 bytes")]
    [Arguments("[CL ext] Can not allocate 4096 bytes for USM Device. ptr: 0, error: -5")]
    [Arguments("[GPU] CL_OUT_OF_RESOURCES exception.\n\tDue to a driver bug, any subsequent OpenCL API call may cause the application to hang")]
    [Arguments("L0 zeFenceHostSynchronize result: ZE_RESULT_ERROR_DEVICE_LOST, code 0x70000001")]
    public async Task TroubleOfADevice_IsRecognised(string text) => await Assert.That(DeviceFault.IsOf(text)).IsTrue();

    [Test]
    [Arguments("Exception from src/core/src/node.cpp:\nWhile validating node 'opset1::Add Add_1': Argument shapes are inconsistent.")]
    [Arguments("[CPU] Gather node with name 'g' has index that is out of range")]
    [Arguments("[GPU] Could not find a suitable kernel for add:Add_1 params raw string: F32_BFYX_v1_p0_0_v10_p0_0_v1_p0_0_v1_p0_0")]
    [Arguments("[GPU] Can't allocate output for dynamic layout without upper bound")]
    [Arguments("Failed to create fp16 kernel: unsupported operation")]
    [Arguments("")]
    public async Task TroubleOfARequestOrModel_IsNone(string text) => await Assert.That(DeviceFault.IsOf(text)).IsFalse();

    [Test]
    [Arguments("[GPU] clCreateProgramWithBinary, error code: -42 CL_INVALID_BINARY", true)]
    [Arguments("[GPU] clBuildProgram, error code: -42 CL_INVALID_BINARY", true)]
    [Arguments("[GPU] clEnqueueMapBuffer, error code: -2 CL_DEVICE_NOT_AVAILABLE", false)]
    public async Task ProgramInBinaryForm_MayComeFromTheCache(string text, bool isOfBinary) =>
        await Assert.That(DeviceFault.IsOfBinary(text)).IsEqualTo(isOfBinary);
}
