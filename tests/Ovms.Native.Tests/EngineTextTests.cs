namespace Ovms.Native.Tests;

public sealed class EngineTextTests
{
    [Test]
    [Arguments("Exception from src/inference/src/cpp/core.cpp:117:\nException from src/inference/src/dev/plugin.cpp:54:\nCannot load library \"x.so\"", "Cannot load library \"x.so\"")]
    [Arguments("Exception from src\\inference\\core.cpp:120:\nweakly_canonical: More data available.", "weakly_canonical: More data available")]
    [Arguments("Exception from srcful callers", "Exception from srcful callers")]
    [Arguments("Exception from src/a.cpp:1:\nCheck 'device_id.empty()' failed at src/b.cpp:2:\nCPU plugin supports only '' as device id\n\n;\n", "CPU plugin supports only '' as device id")]
    [Arguments("Exception from src/a.cpp:1:\n[AUTO] compile model failed, CPU:Exception from src/b.cpp:2:\nCould not read number", "[AUTO] compile model failed, CPU: Could not read number")]
    [Arguments("Exception from src/a.cpp:1:", "Exception from src/a.cpp:1")]
    [Arguments("[CPU] MaxPool node with name 'a' Check 'le(kernel, dim)' failed at src/x.hpp:149:\nKernel is larger than the data.", "[CPU] MaxPool node with name 'a'; Kernel is larger than the data")]
    [Arguments("While validating node 'Add a' with friendly_name 'a':\nArgument shapes are inconsistent.", "While validating node 'Add a' with friendly_name 'a': Argument shapes are inconsistent")]
    [Arguments("FrontEnd API failed with GeneralFailure:\nInvalid file", "Invalid file")]
    [Arguments("plain", "plain")]
    [Arguments("", "")]
    public async Task Trail_IsTakenOff(string text, string expected)
    {
        await Assert.That(EngineText.Clean(text)).IsEqualTo(expected);
    }

    [Test]
    [Arguments(OutOfResources, "[GPU] CL_OUT_OF_RESOURCES exception")]
    [Arguments("Cannot load library \"x.so\"", "Cannot load library \"x.so\"")]
    [Arguments("That error typically occurs in two cases", "That error typically occurs in two cases")]
    public async Task Advice_IsNotForCallers(string text, string expected)
    {
        await Assert.That(EngineText.WithoutAdvice(EngineText.Clean(text))).IsEqualTo(expected);
    }

    // As the GPU plugin of 2026.4.1 has it.
    private const string OutOfResources =
        """
        Exception from src/plugins/intel_gpu/src/runtime/ocl/ocl_stream.cpp:1:
        [GPU] CL_OUT_OF_RESOURCES exception.
        	The CL_OUT_OF_RESOURCES error typically occurs in two cases:
        	1. Insufficient memory for the current inference.
        	2. An out-of-bounds access to GPU memory from a kernel.
        	For case 1 (Insufficient Memory)
        	  - Try adjusting some model parameters (e.g., using a smaller batch size, lower inference precision, fewer streams, etc.) to
        	    reduce the required memory size.
        """;

    [Test]
    public async Task LongText_IsCut()
    {
        await Assert.That(EngineText.Clean(new string('x', 5000)).Length).IsLessThan(700);
    }
}
