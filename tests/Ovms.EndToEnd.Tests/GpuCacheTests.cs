using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>A folder for compiled models, with a GPU.</summary>
internal sealed class GpuCacheTests
{
    [Test]
    public async Task SecondStart_TakesTheKernelsFromTheFolder()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("ovms-gpu-cache-");
        try
        {
            (string blob, ulong source, _) = await RunAsync(folder);
            await Assert.That(source).IsGreaterThan(0ul);
            (string again, source, ulong binary) = await RunAsync(folder);
            await Assert.That(again).IsEqualTo(blob);
            await Assert.That(source).IsEqualTo(0ul);
            await Assert.That(binary).IsGreaterThan(0ul);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Test]
    public async Task GpuThatFails_IsNotBlamedOnTheCache()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("ovms-gpu-cache-");
        try
        {
            using Gpu gpu = new();

            // Once, so that a second try without the cache would succeed.
            gpu.Set("copy_error=CL_DEVICE_NOT_AVAILABLE", "copy_times=1");
            await using OvmsProcess server = OvmsProcess.Start(
                [
                    "--model_name", "dummy", "--model_path", Repo.Model("dummy"), "--rest_port", $"{FreePort.Next()}", "--target_device", "GPU",
                    "--cache_dir", folder.FullName,
                ],
                gpu.Variables);
            await Assert.That(await server.WaitForExitAsync()).IsEqualTo(1);
            await Assert.That(server.Output).Contains("The device of the model failed").And.DoesNotContain("is not used");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<(string Blob, ulong FromSource, ulong FromBinary)> RunAsync(DirectoryInfo folder)
    {
        using Gpu gpu = new();
        await using OvmsServer server = await OvmsServer.StartAsync(
            Repo.Model("dummy"), "dummy", gpu.Variables, "--target_device", "GPU", "--cache_dir", folder.FullName);
        await server.CheckDummyAsync("dummy");
        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
        FileInfo blob = folder.GetFiles("*.blob").Single();
        return ($"{blob.Name} {blob.Length} {blob.LastWriteTimeUtc:O}", gpu.ProgramsFromSource, gpu.ProgramsFromBinary);
    }
}
