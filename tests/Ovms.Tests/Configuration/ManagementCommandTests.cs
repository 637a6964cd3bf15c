using Ovms.Configuration;
using Ovms.Options;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Configuration;

/// <summary>Listing models, adding to a configuration file and removing from it.</summary>
public class ManagementCommandTests
{
    [Test]
    public async Task List_TellsEveryModelByItsPath()
    {
        using TemporaryFolder folder = new();
        folder.Touch("a/1/m.onnx", "x/b/2/m.tflite", "g/graph.pbtxt", "no/readme");
        CommandLine.Exit exit = Run($"--list_models --model_repository_path {folder.Path}");
        await Assert.That(exit).IsEqualTo(new CommandLine.Exit(0, $"Listing models in repository...\nModel repository path: {folder.Path}\na\ng\nx/b\n", ""));
        await Assert.That(Run("--list_models", folder.Path)).IsEqualTo(exit);
    }

    [Test]
    public async Task AddToAMissingFile_MakesIt()
    {
        using TemporaryFolder folder = new();
        string path = folder["config.json"];
        CommandLine.Exit exit = Run($"--add_to_config --config_path {path} --model_name m --model_path /models/m");
        await Assert.That(exit).IsEqualTo(new CommandLine.Exit(0, $"Config updated: {path}\n", ""));
        await Assert.That(await File.ReadAllTextAsync(path)).IsEqualTo("""
            {
                "model_config_list": [
                    {
                        "config": {
                            "name": "m",
                            "base_path": "/models/m"
                        }
                    }
                ]
            }

            """.ReplaceLineEndings("\n"));
    }

    [Test]
    public async Task EveryOptionOfAModel_IsWrittenAsTheServerReadsIt()
    {
        using TemporaryFolder folder = new();
        string path = folder["config.json"];
        CommandLine.Exit exit = Run(
            $"--add_to_config --config_path {path} --model_name m --model_repository_path {folder.Path} --batch_size 4 --shape {{\"in\":\"(1,3)\"}} --layout NHWC:NCHW --mean [1,2] --scale 2.5 "
            + "--color_format RGB:BGR --precision FP32:UINT8 --model_version_policy {\"all\":{}} --nireq 3 --target_device CPU --plugin_config {\"NUM_STREAMS\":2} --stateful");
        await Assert.That(exit.Code).IsEqualTo(0).Because(exit.Output + exit.Error);
        ModelOptions model = new ConfigFile(path, static _ => null).Read().Value!.Models.Single();
        await Assert.That(model).IsEqualTo(new ModelOptions
        {
            ModelName = "m",
            ModelPath = folder["m"],
            BatchSize = "4",
            Shape = """{"in":"(1,3)"}""",
            Layout = "NHWC:NCHW",
            Mean = "[1,2]",
            Scale = "2.5",
            ColorFormat = "RGB:BGR",
            Precision = "FP32:UINT8",
            ModelVersionPolicy = """{"all":{}}""",
            Nireq = 3,
            TargetDevice = "CPU",
            PluginConfig = """{"NUM_STREAMS":2}""",
            Stateful = true,
        });
        string text = await File.ReadAllTextAsync(path);
        await Assert.That(text).Contains("\"batch_size\": \"4\"");
        await Assert.That(text).Contains("\"nireq\": 3");
        await Assert.That(text).Contains("\"mean\": \"[1,2]\"");
    }

    [Test]
    [Arguments("007")]
    [Arguments("+7")]
    [Arguments("7")]
    public async Task NumberThatJsonSpellsOtherwise_IsWrittenAsJson(string seven)
    {
        using TemporaryFolder folder = new();
        string path = folder["config.json"];
        CommandLine.Exit exit = Run($"--add_to_config --config_path {path} --model_name m --model_path /m --nireq {seven}");
        await Assert.That(exit).IsEqualTo(new CommandLine.Exit(0, $"Config updated: {path}\n", ""));
        await Assert.That(await File.ReadAllTextAsync(path)).Contains("\"nireq\": 7\n");
    }

    [Test]
    public async Task WhatTheFileHoldsBesides_StaysAsItIs()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("config.json", """{"mine":{"a":[1.50,"${X}"]},"model_config_list":[{"config":{"name":"a","odd":1e3}},{"other":1}],"monitoring":{"metrics":{"enable":true}}}"""u8);
        await Assert.That(Run($"--add_to_config --config_path {path} --model_name b --model_path /b").Code).IsEqualTo(0);
        await Assert.That(Run($"--remove_from_config --config_path {path} --model_name a").Output).IsEqualTo($"Config updated: {path}\n");
        string text = (await File.ReadAllTextAsync(path)).Replace(" ", "").Replace("\n", "");
        await Assert.That(text).IsEqualTo("""{"mine":{"a":[1.50,"${X}"]},"model_config_list":[{"other":1},{"config":{"name":"b","base_path":"/b"}}],"monitoring":{"metrics":{"enable":true}}}""");
    }

    [Test]
    public async Task TakenName_LeavesTheFileUntouched()
    {
        using TemporaryFolder folder = new();
        const string Text = """{"model_config_list":[{"config":{"name":"a"}}]}""";
        string path = folder.Write("config.json", System.Text.Encoding.UTF8.GetBytes(Text));
        CommandLine.Exit exit = Run($"--add_to_config --config_path {path} --model_name a --model_path /a");
        await Assert.That(exit.Code).IsEqualTo(1);
        await Assert.That(exit.Output).StartsWith($"{path} error on config update : Given model name is already occupied");
        CommandLine.Exit absent = Run($"--remove_from_config --config_path {path} --model_name b");
        await Assert.That(absent.Code).IsEqualTo(1);
        await Assert.That(absent.Output).IsEqualTo($"{path} error on config update : Model with requested name is not found - b is not in the file; it has a.\n");
        await Assert.That(await File.ReadAllTextAsync(path)).IsEqualTo(Text);
    }

    [Test]
    [Arguments("not json", "The file is not JSON")]
    [Arguments("[]", "Expected: an object with an array model_config_list")]
    [Arguments("""{"model_config_list":{}}""", "Expected: an object with an array model_config_list")]
    public async Task FileOfAnotherKind_IsRefusedAndKept(string text, string part)
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("config.json", System.Text.Encoding.UTF8.GetBytes(text));
        CommandLine.Exit exit = Run($"--add_to_config --config_path {path} --model_name a --model_path /a");
        await Assert.That(exit.Code).IsEqualTo(1);
        await Assert.That(exit.Output).Contains(part);
        await Assert.That(await File.ReadAllTextAsync(path)).IsEqualTo(text);
    }

    [Test]
    public async Task RemoveFromAMissingFile_IsRefused()
    {
        using TemporaryFolder folder = new();
        CommandLine.Exit exit = Run($"--remove_from_config --config_path {folder["none.json"]} --model_name a");
        await Assert.That(exit.Code).IsEqualTo(1);
        await Assert.That(exit.Output).StartsWith($"{folder["none.json"]} error on config update : Configuration file not found or cannot open");
        await Assert.That(File.Exists(folder["none.json"])).IsFalse();
    }

    [Test]
    public async Task PathOfTheEnvironment_IsTold()
    {
        using TemporaryFolder folder = new();
        string path = folder["config.json"];
        await Assert.That(Run("--add_to_config --model_name m", folder.Path).Output).IsEqualTo($"Using default config path: {path}\nConfig updated: {path}\n");
        await Assert.That(new ConfigFile(path, static _ => null).Read().Value!.Models.Single().ModelPath).IsEqualTo(folder["m"]);
    }

    [Test]
    public async Task ManyAtOnce_LoseNone()
    {
        using TemporaryFolder folder = new();
        string path = folder["config.json"];
        CommandLine.Exit[] exits = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Task.Run(() => Run($"--add_to_config --config_path {path} --model_name m{i} --model_path /m{i}"))));
        await Assert.That(exits.All(static exit => exit.Code == 0)).IsTrue().Because(string.Concat(exits.Select(static exit => exit.Output)));
        await Assert.That(new ConfigFile(path, static _ => null).Read().Value!.Models.Length).IsEqualTo(24);
    }

    [Test]
    public async Task ModeAndLink_AreKept()
    {
        if (OperatingSystem.IsWindows())
        {
            Skip.Test("Windows has no such modes.");
            return;
        }

        using TemporaryFolder folder = new();
        string real = folder.Write("real/config.json", """{"model_config_list":[]}"""u8);
        File.SetUnixFileMode(real, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        File.CreateSymbolicLink(folder["config.json"], real);
        await Assert.That(Run($"--add_to_config --config_path {folder["config.json"]} --model_name m --model_path /m").Code).IsEqualTo(0);
        await Assert.That(new FileInfo(folder["config.json"]).LinkTarget).IsEqualTo(real);
        await Assert.That(File.GetUnixFileMode(real)).IsEqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        await Assert.That(new ConfigFile(real, static _ => null).Read().Value!.Models.Length).IsEqualTo(1);
    }

    [Test]
    public async Task WhatACrashLeft_IsNoHindrance()
    {
        using TemporaryFolder folder = new();
        folder.Write(".config.json.new", "half"u8);
        folder.Write(".config.json.lock", ""u8);
        await Assert.That(Run($"--add_to_config --config_path {folder["config.json"]} --model_name m --model_path /m").Code).IsEqualTo(0);
        await Assert.That(File.Exists(folder[".config.json.new"])).IsFalse();
    }

    [Test]
    [Arguments("--list_models", "Use --list_models with --model_repository_path\n")]
    [Arguments("--list_models --add_to_config --config_path c", "error parsing options - --list_models cannot be used with --add_to_config or --remove_from_config\n")]
    [Arguments("--remove_from_config --config_path c --model_name m --model_path p", "error parsing options - --remove_from_config cannot be used with --model_path\n")]
    [Arguments("--remove_from_config --model_name m", "Set config_path with add_to_config/remove_from_config\n")]
    [Arguments("--remove_from_config --config_path c --model_name m --nireq 2 --port 9000", "Removing models from the configuration file allows passing only model_name parameter. Invalid parameters passed: port, nireq\n")]
    [Arguments("--add_to_config --config_path c --model_name m --model_path p --port 9000", "Adding models to the configuration file allows passing only parameters of the model. Invalid parameters passed: port\n")]
    public async Task WrongUsage_IsTold(string line, string error) =>
        await Assert.That(Parse(line, null)).IsEqualTo(new CommandLine.Exit(64, "", error));

    [Test]
    [Arguments("--add_to_config --config_path c", "Set model_name with add_to_config/remove_from_config\n")]
    [Arguments("--add_to_config --config_path c --model_name m", "Set model_name either with model_path or model_repository_path with add_to_config\n")]
    public async Task MissingName_IsToldWithTheUsage(string line, string error)
    {
        CommandLine.Exit exit = (CommandLine.Exit)Parse(line, null);
        await Assert.That(exit.Code).IsEqualTo(64);
        await Assert.That(exit.Error).StartsWith(error);
    }

    private static CommandLine.Exit Run(string line, string? repository = null) => ((CommandLine.Manage)Parse(line, repository)).Command.Run();

    private static CommandLine Parse(string line, string? repository) => CommandLine.Parse(
        line.Split(' '),
        new HostFacts(4, IsWindows: false, static _ => true) { Variable = name => name == "OVMS_MODEL_REPOSITORY_PATH" ? repository : null },
        "1",
        static () => "");
}
