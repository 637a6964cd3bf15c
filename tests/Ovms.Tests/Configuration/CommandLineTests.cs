using Ovms.Configuration;
using Ovms.Options;
using Ovms.Options.Parsing;

namespace Ovms.Tests.Configuration;

/// <summary>From arguments to what the process does: start, or print and end with a code.</summary>
public class CommandLineTests
{
    private const string Good = "--model_name m --model_path /models/m --port 9000";

    private static readonly HostFacts s_linux = new(4, IsWindows: false, static _ => true);

    [Test]
    public async Task NoArguments_PrintHelp()
    {
        CommandLine.Exit exit = Exit("");
        await Assert.That(exit.Code).IsEqualTo(0);
        await Assert.That(exit.Output).IsEqualTo(CommandLine.HelpText);
        await Assert.That(exit.Error).IsEqualTo("");
    }

    [Test]
    [Arguments("--help")]
    [Arguments("-h")]
    [Arguments("--help --port nonsense --unknown")]
    [Arguments("--version --help")]
    public async Task Help_WinsOverEverything(string line)
    {
        CommandLine.Exit exit = Exit(line);
        await Assert.That(exit.Code).IsEqualTo(0);
        await Assert.That(exit.Output).IsEqualTo(CommandLine.HelpText);
    }

    [Test]
    public async Task Version_NamesServerAndBackend()
    {
        CommandLine.Exit exit = Exit("--version");
        await Assert.That(exit).IsEqualTo(new CommandLine.Exit(0, "OpenVINO Model Server 1.2.3\nOpenVINO backend 2026.4.1-1-abc\n", ""));
    }

    [Test]
    public async Task Backend_IsAskedForVersionOnly()
    {
        bool isAsked = false;
        string Ask()
        {
            isAsked = true;
            return "";
        }

        _ = CommandLine.Parse(["--help"], s_linux, "1", Ask);
        _ = CommandLine.Parse(Good.Split(' '), s_linux, "1", Ask);
        await Assert.That(isAsked).IsFalse();
    }

    [Test]
    public async Task GoodArguments_Start()
    {
        CommandLine.Start start = (CommandLine.Start)Parse($"{Good} --rest_port=8000 --target_device AUTO:GPU,CPU --nireq 4 --rest_bind_address ::1 --allow_credentials --batch_size -1", s_linux);
        await Assert.That(start.Server.Port).IsEqualTo(9000u);
        await Assert.That(start.Server.RestPort).IsEqualTo(8000u);
        await Assert.That(start.Server.RestBindAddress.Hosts).IsEquivalentTo(["::1"]);
        await Assert.That(start.Server.AllowCredentials).IsTrue();
        await Assert.That(start.Mode).IsEqualTo(ServeMode.SingleModel);
        ModelOptions model = start.Source.Read().Value!.Models.Single();
        await Assert.That(model.ModelName).IsEqualTo("m");
        await Assert.That(model.TargetDevice).IsEqualTo("AUTO:GPU,CPU");
        await Assert.That(model.Nireq).IsEqualTo(4u);
        await Assert.That(model.BatchSize).IsEqualTo("-1");
        await Assert.That(start.Warnings).IsEmpty();
    }

    [Test]
    public async Task RepeatedOption_StartsWithTheLastAndAWarning()
    {
        CommandLine.Start start = (CommandLine.Start)Parse($"{Good} --port 9001", s_linux);
        await Assert.That(start.Server.Port).IsEqualTo(9001u);
        await Assert.That(start.Warnings).IsEquivalentTo(["--port is given more than once: the last value, 9001, is used"]);
    }

    [Test]
    [Arguments(0)]
    [Arguments(1)]
    public async Task RestWorkersBelowTwo_AreAcceptedAsTheHelpSays(int workers)
    {
        CommandLine line = Parse($"{Good} --rest_port 8000 --rest_workers {workers}", s_linux);
        await Assert.That(line).IsTypeOf<CommandLine.Start>();
        OptionRow row = ServerOptions.Rows.Single(static row => row.Name == "rest_workers");
        await Assert.That(row.Min).IsLessThanOrEqualTo(0);
        await Assert.That(row.Help).Contains("0 and 1 mean 2");
    }

    [Test]
    public async Task HelpOfCheck_IsItsOwn()
    {
        CommandLine.Exit help = Exit("check --help");
        await Assert.That(help.Code).IsEqualTo(0);
        await Assert.That(help.Output).IsEqualTo(CheckCommandLine.HelpText);
        await Assert.That(help.Output).StartsWith("Check everything").And.Contains("--config_path").And.Contains("--target_device").And.DoesNotContain("--concurrency");
    }

    [Test]
    [Arguments("--port 65536", "port number out of range from 0 to 65535\n  port: '65536' is not a whole number from 0 to 65535\n")]
    [Arguments("--rest_port 70000", "rest_port number out of range from 0 to 65535\n  rest_port: '70000' is not a whole number from 0 to 65535\n")]
    [Arguments("--rest_port 9000", "port and rest_port cannot have the same values\n")]
    [Arguments("--port 0", "port and rest_port cannot both be unset\n")]
    [Arguments("--rest_port 8000 --rest_workers 10001", "rest_workers count should be from 2 to 10000\n  rest_workers: '10001' is not a whole number from 0 to 10000\n")]
    [Arguments("--rest_workers 2", "rest_workers is set but rest_port is not set. rest_port is required to start rest servers\n")]
    [Arguments("--grpc_workers 5", "grpc_workers count should be from 1 to CPU core count : 4\n")]
    [Arguments("--grpc_bind_address 300.1.1.1.1", "grpc_bind_address has invalid format: proper hostname or IP address expected.\n  grpc_bind_address: '300.1.1.1.1' is not an IPv4 or IPv6 address\n")]
    [Arguments("--rest_bind_address a_b", "rest_bind_address has invalid format: proper hostname or IP address expected.\n  rest_bind_address: 'a_b' is not a host name\n")]
    [Arguments("--log_level info", "log_level should be one of: TRACE, DEBUG, INFO, WARNING, ERROR\n  log_level: 'info' is not one of TRACE, DEBUG, INFO, WARNING, ERROR\n")]
    [Arguments("--mean 1", "error parsing options - --mean parameter requires --layout to be set\n")]
    [Arguments("--port abc", "error parsing options: port: 'abc' is not a whole number from 0 to 65535\n")]
    [Arguments("--nireq", "error parsing options: nireq: a value is missing: --nireq COUNT\n")]
    [Arguments("--prot 1", "error parsing options - unmatched arguments: --prot, 1, \n  --prot is unknown: did you mean --port?\n")]
    [Arguments("--target-device=GPU", "error parsing options - unmatched arguments: --target-device=GPU, \n  --target-device=GPU is unknown: did you mean --target_device?\n")]
    public async Task UsageError_IsToldOnStderr(string extra, string error)
    {
        CommandLine.Exit exit = Exit($"{Good} {extra}");
        await Assert.That(exit).IsEqualTo(new CommandLine.Exit(64, "", error));
    }

    [Test]
    public async Task CheckOfNothing_IsToldWhatItNeeds()
    {
        CommandLine.Exit exit = Exit("check");
        await Assert.That(exit.Code).IsEqualTo(64);
        await Assert.That(exit.Error).Contains("--config_path FILE").And.Contains("ovms check --help");
    }

    [Test]
    public async Task WordThatIsNoCommand_IsToldWhereTheCommandsAre()
    {
        CommandLine.Exit exit = Exit("help");
        await Assert.That(exit.Code).IsEqualTo(64);
        await Assert.That(exit.Error).StartsWith("error parsing options - unmatched arguments: help, \n").And.Contains("ovms --help");
    }

    [Test]
    [Arguments("api_key_file")]
    [Arguments("pull")]
    [Arguments("source_model")]
    [Arguments("verbose_response")]
    [Arguments("allowed_media_domains")]
    [Arguments("trace_path")]
    public async Task OptionThatDoesNotWorkYet_IsUnknown(string name)
    {
        CommandLine.Exit exit = Exit($"{Good} --{name}=1");
        await Assert.That(exit.Code).IsEqualTo(64);
        await Assert.That(exit.Error).StartsWith($"error parsing options - unmatched arguments: --{name}=1, \n");
    }

    [Test]
    public async Task ConfigPath_StartsOnTheFileWithoutReadingIt()
    {
        CommandLine.Start start = (CommandLine.Start)Parse("--config_path /nowhere/config.json --port 9000 --layout NHWC --nireq 0", s_linux);
        await Assert.That(start.Mode).IsEqualTo(ServeMode.ConfigFile);
        await Assert.That(start.Source).IsTypeOf<ConfigFile>();
        await Assert.That(start.Warnings).IsEquivalentTo(
        [
            "--layout is ignored, because --config_path is given: set it for each model in the file",
        ]);
    }

    [Test]
    [Arguments("--model_name m", "Use either config_path or model_path with model_name\n")]
    [Arguments("--model_path p", "Use either config_path or model_path with model_name\n")]
    [Arguments("--target_device CPU", "Model parameters in CLI are exclusive with the config file\n  target_device: to be set for each model in c.json\n")]
    [Arguments("--batch_size 1 --shape auto --nireq 1 --model_version_policy {} --plugin_config {}", "Model parameters in CLI are exclusive with the config file\n  model_version_policy, plugin_config, nireq, batch_size, shape: to be set for each model in c.json\n")]
    public async Task ModelOptionsBesideConfigPath_AreRefused(string extra, string error) =>
        await Assert.That(Exit($"--config_path c.json --port 9000 {extra}")).IsEqualTo(new CommandLine.Exit(64, "", error));

    [Test]
    public async Task UsageErrorOnWindows_Is3()
    {
        CommandLine.Exit exit = (CommandLine.Exit)Parse("--port 65536", s_linux with { IsWindows = true });
        await Assert.That(exit.Code).IsEqualTo(3);
    }

    [Test]
    public async Task TooManyInferRequests_FailTheModelNotTheUsage()
    {
        CommandLine.Exit exit = Exit($"{Good} --nireq 100001");
        await Assert.That(exit).IsEqualTo(new CommandLine.Exit(1, "", "Nireq parameter too high\n  nireq: '100001' is not a whole number from 0 to 100000\n"));
        await Assert.That(Exit($"{Good} --nireq 100001 --port 65536").Code).IsEqualTo(64);
    }

    [Test]
    public async Task RefusedValuesAndBrokenRules_AreToldTogether()
    {
        CommandLine.Exit exit = Exit("--port 65536 --rest_port 65536 --grpc_workers 9");
        string[] lines = exit.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(static line => !line.StartsWith("  ", StringComparison.Ordinal)).ToArray();
        await Assert.That(lines).IsEquivalentTo(
        [
            "port number out of range from 0 to 65535",
            "rest_port number out of range from 0 to 65535",
            "Use config_path or model_path with model_name",
            "port and rest_port cannot have the same values",
            "grpc_workers count should be from 1 to CPU core count : 4",
        ]);
    }

    [Test]
    [Arguments("/none", "", "model_path: /none does not exist")]
    [Arguments("/m/openvino_model.xml", "/m/openvino_model.xml", "model_path: /m/openvino_model.xml is a file; without --model_name, give the folder")]
    [Arguments("/m/a.onnx", "/m/a.onnx", "model_path: /m/a.onnx is a file; give it a name with --model_name")]
    [Arguments("/m", "/m", "model_path: /m holds no language model (openvino_model.xml, openvino_tokenizer.xml, openvino_detokenizer.xml) and no graph.pbtxt; any other model needs --model_name")]
    [Arguments("/m", "/m /m/openvino_model.xml", "model_path: /m holds openvino_model.xml, but not openvino_tokenizer.xml and openvino_detokenizer.xml; to serve it as a language model")]
    [Arguments("/m", "/m /m/1/openvino_model.xml /m/1/openvino_tokenizer.xml", "model_path: /m/1 holds openvino_model.xml, but not openvino_detokenizer.xml; ")]
    public async Task PathWithoutAName_IsToldWithWhatWasFoundThere(string path, string there, string found)
    {
        string[] paths = there.Split(' ');
        HostFacts host = s_linux with { PathExists = paths.Contains, IsFile = path => paths.Contains(path) && Path.HasExtension(path) };
        foreach (string verb in new[] { "", "check " })
        {
            CommandLine.Exit exit = (CommandLine.Exit)Parse($"{verb}--model_path {path} --rest_port 8000", host);
            await Assert.That(exit.Code).IsEqualTo(64);
            await Assert.That(exit.Error).StartsWith("Use config_path or model_path with model_name\n").And.Contains($"\n  {found}");
        }
    }

    [Test]
    [Arguments("/models/chat", "/models/chat/openvino_tokenizer.xml /models/chat/openvino_detokenizer.xml")]
    [Arguments("/models/chat", "/models/chat/1/openvino_tokenizer.xml /models/chat/1/openvino_detokenizer.xml")]
    [Arguments("/models/chat", "/models/chat/graph.pbtxt")]
    [Arguments("/models/chat --task text_generation", "")]
    public async Task LanguageModelWithoutAName_HasThatOfItsFolder(string path, string there) =>
        await Assert.That(
            Parse($"--model_path {path} --rest_port 8000", s_linux with { PathExists = there.Split(' ').Contains }))
            .IsTypeOf<CommandLine.Start>();

    [Test]
    public async Task UnreadableValue_RunsNoRules()
    {
        CommandLine.Exit exit = Exit("--port x");
        await Assert.That(exit.Error).IsEqualTo("error parsing options: port: 'x' is not a whole number from 0 to 65535\n");
    }

    [Test]
    [Arguments("", "/opt/cache", "/opt/cache")]
    [Arguments("", "/elsewhere", "")]
    [Arguments(" --cache_dir /mine", "/opt/cache", "/mine")]
    public async Task UsualCacheFolder_IsUsedWhereItIsThere(string more, string there, string expected)
    {
        CommandLine.Start start = (CommandLine.Start)Parse(Good + more, s_linux with { PathExists = path => path == there });
        await Assert.That(start.Server.CacheDir).IsEqualTo(expected);
    }

    private static CommandLine.Exit Exit(string line) => (CommandLine.Exit)Parse(line, s_linux);

    private static CommandLine Parse(string line, HostFacts host) =>
        CommandLine.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), host, "1.2.3", static () => "2026.4.1-1-abc");
}
