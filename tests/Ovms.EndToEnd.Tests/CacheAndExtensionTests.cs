using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>Folders and libraries that the engine is told to use.</summary>
public sealed class CacheAndExtensionTests
{
    [Test]
    public async Task CacheDir_IsMadeFilledAndUsedAgain()
    {
        string folder = Directory.CreateTempSubdirectory("ovms-cache-").FullName;
        try
        {
            string cache = Path.Combine(folder, "not", "there yet");
            for (int run = 0; run < 2; run++)
            {
                await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", "--cache_dir", cache);
                await AnswersAsync(server);
                await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
                await Assert.That(Directory.GetFiles(cache, "*.blob")).HasSingleItem();
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public async Task CacheDirThatCannotBeMade_IsWarnedOfAndNotUsed()
    {
        string inTheWay = Path.GetTempFileName();
        try
        {
            await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", "--cache_dir", Path.Combine(inTheWay, "cache"));
            await AnswersAsync(server);
            await Assert.That(server.Process.Output.Split('\n').Where(line => line.Contains("][warning][", StringComparison.Ordinal) && line.Contains(inTheWay, StringComparison.Ordinal))).HasSingleItem();
        }
        finally
        {
            File.Delete(inTheWay);
        }
    }

    [Test]
    public async Task Extension_IsLoaded()
    {
        string library = Path.Combine(Repo.Package, "lib", "libopenvino_tokenizers.so");
        Skip.Unless(File.Exists(library), $"The package has no {library}: it was made of a runtime without the tokenizers.");
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", "--cpu_extension", library);
        await AnswersAsync(server);
    }

    [Test]
    public async Task ExtensionThatIsAbsent_IsAFaultOfTheCommandLine()
    {
        (int code, _, string errors) = await RunAsync("/no/such/extension.so");
        await Assert.That(code).IsEqualTo(64);
        await Assert.That(errors).Contains("File path provided as an --cpu_extension parameter does not exist in the filesystem: /no/such/extension.so");
    }

    [Test]
    public async Task ExtensionThatIsNoLibrary_EndsWithOneAndASentence()
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "no library");
            (int code, string output, string errors) = await RunAsync(file);
            await Assert.That(code).IsEqualTo(1);
            await Assert.That(output + errors).Contains(file);
            await Assert.That(output + errors).DoesNotContain("Exception from");
            await Assert.That(output + errors).DoesNotContain("   at ");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static Task<(int ExitCode, string Output, string Errors)> RunAsync(string extension) => OvmsProcess.RunAsync(
        ["--model_path", Repo.Model("dummy"), "--model_name", "dummy", "--rest_port", $"{FreePort.Next()}", "--rest_bind_address", "127.0.0.1", "--cpu_extension", extension]);

    private static async Task AnswersAsync(OvmsServer server)
    {
        ModelInferResponse response = await server.Client.ModelInferAsync(Requests.For("dummy").WithRaw("b", "FP32", [1, 10], new float[10]));
        await Assert.That(response.Values<float>("a").All(static value => value == 1f)).IsTrue();
    }
}
