using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>One failure of a GPU harms one call, and is never the caller's fault.</summary>
internal sealed class GpuFaultRequestTests
{
    [Test]
    [Arguments("GPU")]
    [Arguments("BATCH:GPU(4)")]
    [Arguments("HETERO:GPU,CPU")]
    public async Task FailedStartOfAKernel_FailsOneCall(string device)
    {
        using Gpu gpu = new();
        await using OvmsServer server = await OvmsServer.StartAsync(
            Repo.Model("dummy"), "dummy", gpu.Variables, "--target_device", device, "--plugin_config", Timeout(device));
        await server.CheckDummyAsync("dummy");
        for (int round = 0; round < 3; round++)
        {
            gpu.Set("enqueue_error=CL_OUT_OF_RESOURCES", "enqueue_times=1");
            FloatCallException failure = await server.RefusalAsync(CallWay.KServeGrpc, "dummy", ("b", [1, 10], new float[10]));
            await Assert.That(failure.Status).IsEqualTo("Unavailable");
            for (int call = 0; call < 8; call++)
            {
                await server.CheckDummyAsync("dummy");
            }
        }

        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);

        static string Timeout(string device) =>
            device.StartsWith("BATCH", StringComparison.Ordinal) ? """{"AUTO_BATCH_TIMEOUT": 20}""" : "{}";
    }

    [Test]
    public async Task AllocationThatADynamicModelNeeds_IsNotTheCallersFault()
    {
        using Gpu gpu = new();
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dynamic"), "m", gpu.Variables, "--target_device", "GPU");
        await server.CallAsync(CallWay.KServeGrpc, "m", Input(1));
        gpu.Set("alloc_error=CL_MEM_OBJECT_ALLOCATION_FAILURE", "alloc_over=100000");
        for (int call = 0; call < 5; call++)
        {
            await Assert.That((await server.RefusalAsync(CallWay.KServeGrpc, "m", Input(20000))).Status).IsEqualTo("Unavailable");
            await Assert.That((await server.RefusalAsync(CallWay.KServeRest, "m", Input(20000))).Status).IsEqualTo("503");
        }

        // The size is what fails: calls of other sizes go on, so that no caller can shut the model.
        await server.CallAsync(CallWay.KServeGrpc, "m", Input(1));
        await Assert.That((await server.Http.GetAsync("/v2/models/m/ready")).IsSuccessStatusCode).IsTrue();
        gpu.Set();
        await server.CallAsync(CallWay.KServeGrpc, "m", Input(20000));
        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);

        static (string, long[], float[]) Input(int rows) => ("x", [rows, 4], new float[rows * 4]);
    }

    [Test]
    [Arguments("enqueue_error=CL_OUT_OF_RESOURCES")]
    [Arguments("alloc_error=CL_MEM_OBJECT_ALLOCATION_FAILURE")]
    [Arguments("build_error=CL_BUILD_PROGRAM_FAILURE")]
    public async Task ShapesThatTheDeviceFailed_AreTriedAgainAtOnce(string fault)
    {
        using Gpu gpu = new();
        await using OvmsServer server = await OvmsServer.StartAsync(
            Repo.Model("dummy"),
            "dummy",
            gpu.Variables,
            "--target_device", "GPU",
            "--batch_size", "auto",
            "--device_errors_before_unready", "0");
        await server.CheckDummyAsync("dummy");
        gpu.Set(fault);
        await Assert.That((await server.RefusalAsync(CallWay.KServeGrpc, "dummy", Rows(3))).Status).IsEqualTo("Unavailable");
        await Assert.That((await server.RefusalAsync(CallWay.KServeRest, "dummy", Rows(3))).Status).IsEqualTo("503");
        gpu.Set();
        (_, float[] values) = await server.CallAsync(CallWay.KServeGrpc, "dummy", Rows(3));
        await Assert.That(values.SequenceEqual(FloatCalls.Count(30, 1))).IsTrue();
        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);

        static (string, long[], float[]) Rows(int rows) => ("b", [rows, 10], FloatCalls.Count(rows * 10));
    }
}
