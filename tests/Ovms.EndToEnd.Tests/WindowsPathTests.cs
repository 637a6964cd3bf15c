using Ovms.EndToEnd.Tests.Harness;
using Ovms.Tests.Setup;

namespace Ovms.EndToEnd.Tests;

/// <summary>Paths on Windows: the engine and the server open them in different ways, and both must find them.</summary>
[NotInParallel(Wine.Alone)]
public sealed class WindowsPathTests
{
    [Before(Test)]
    public void RequireWindows() => Wine.Require();

    [Test]
    [Arguments("with spaces in it")]
    [Arguments("Größe 模型 модель")]
    public async Task ModelCacheAndLog_AreFoundInFolders(string name)
    {
        using TemporaryFolder folder = new();
        (string models, string cache, string log) = (folder[$"{name}/models"], folder[$"{name}/cache"], folder[$"{name}/ovms.log"]);
        Copy(Repo.Model("dummy"), models);
        for (int run = 0; run < 2; run++)
        {
            await using OvmsServer server = await OvmsServer.StartAsync(models, "dummy", "--cache_dir", cache, "--log_path", log);
            await server.CheckDummyAsync("dummy");
            await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
            await Assert.That(Directory.GetFiles(cache, "*.blob")).HasSingleItem().Because(server.Process.Output);
        }

        await Assert.That(await File.ReadAllTextAsync(log)).Contains("Ready after");
    }

    // Beyond the 260 letters that Windows takes where a program does not ask for more; of one file, of two and of a folder.
    [Test]
    [Arguments("dummy")]
    [Arguments("paddle_linear")]
    [Arguments("half_plus_two")]
    [Arguments("mobilenet_v2")]
    public async Task Model_IsReadAtALongPath(string model)
    {
        using TemporaryFolder folder = new();
        string home = folder[string.Join('/', Enumerable.Repeat(new string('n', 60), 6))];
        Copy(model == "dummy" ? Repo.Model(model) : Repo.SharedOrSkip("models", model), Path.Combine(home, model));
        await using OvmsServer server = await OvmsServer.StartAsync(
            Path.Combine(home, model), model, "--log_path", Path.Combine(home, "ovms.log"));
        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
        await Assert.That(await File.ReadAllTextAsync(Path.Combine(home, "ovms.log"))).Contains($"Loaded model {model}");
    }

    [Test]
    public async Task Configuration_IsFoundWhereItLies()
    {
        using TemporaryFolder folder = new();
        string home = folder["Einstellungen für ovms"];
        Copy(Repo.Model("dummy"), Path.Combine(home, "mödels", "dummy"));
        await File.WriteAllTextAsync(
            Path.Combine(home, "config.json"),
            "{\r\n \"model_config_list\": [\r\n  {\"config\": {\"name\": \"dummy\", \"base_path\": \"m\\u00f6dels\\\\dummy\"}}\r\n ]\r\n}\r\n");
        await using OvmsServer server = await OvmsServer.StartOnAsync("Ready after", null, "--config_path", Path.Combine(home, "config.json"));
        await server.CheckDummyAsync("dummy");
    }

    [Test]
    public async Task Extension_IsLoadedFromAFolderWithAnyName()
    {
        string library = Path.Combine(Repo.Package, "lib", "openvino_tokenizers.dll");
        Skip.Unless(File.Exists(library), $"The package has no {library}: it was made of a runtime without the tokenizers.");
        using TemporaryFolder folder = new();
        string copy = folder["Größe 模型/openvino_tokenizers.dll"];
        Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
        File.Copy(library, copy);
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", "--cpu_extension", copy);
        await server.CheckDummyAsync("dummy");
    }

    // The whole package lies where a user unpacks it.
    [Test]
    public async Task Package_RunsFromAFolderWithSpacesAndOtherLetters()
    {
        using TemporaryFolder folder = new();
        string package = folder["Programme für 模型"];
        Copy(Repo.Package, package);
        await using OvmsServer server =
            await OvmsServer.StartCopyAsync(Path.Combine(package, "bin", "ovms.exe"), Repo.Model("dummy"), "dummy");
        await server.CheckDummyAsync("dummy");
        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
    }

    private static void Copy(string source, string target)
    {
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
