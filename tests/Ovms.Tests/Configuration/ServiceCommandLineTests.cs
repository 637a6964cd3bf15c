using Ovms.Configuration;
using Ovms.Options;

namespace Ovms.Tests.Configuration;

public sealed class ServiceCommandLineTests
{
    private static readonly HostFacts s_linux = new(4, IsWindows: false, static _ => true);

    private static readonly HostFacts s_windows = s_linux with
    {
        IsWindows = true,
        Variable = static name => name == "ProgramData" ? @"D:\Data" : null,
    };

    [Test]
    public async Task Install_TakesTheServersOptions()
    {
        CommandLine.Service service = (CommandLine.Service)Parse(
            "install", "--service_name", "models", "--service_directory=C:\\m", "--", "--config_path", "my config.json", "--port", "9000");
        await Assert.That(service.Action).IsEqualTo(ServiceAction.Install);
        await Assert.That(service.Options.ServiceName).IsEqualTo("models");
        await Assert.That(service.Options.ServiceDirectory).IsEqualTo(@"C:\m");
        await Assert.That(service.Server!.Port).IsEqualTo(9000u);
        await Assert.That(string.Join('|', service.ServerArguments))
            .IsEqualTo(@"--config_path|my config.json|--port|9000|--log_path|D:\Data\ovms\models.log");
        await Assert.That(service.Server.LogPath).IsEqualTo(@"D:\Data\ovms\models.log");
    }

    [Test]
    [Arguments("--log_path", "C:\\l")]
    [Arguments("--log_path=C:\\l", null)]
    public async Task GivenLogPath_Stays(string option, string? value)
    {
        string[] log = value is null ? [option] : [option, value];
        CommandLine.Service service = (CommandLine.Service)Parse(["install", "--", "--config_path", "c.json", "--port", "9000", .. log]);
        await Assert.That(service.Server!.LogPath).IsEqualTo(@"C:\l");
        await Assert.That(service.ServerArguments.Count(static argument => argument.StartsWith("--log_path", StringComparison.Ordinal))).IsEqualTo(1);
    }

    [Test]
    [Arguments("start")]
    [Arguments("stop")]
    [Arguments("uninstall")]
    public async Task OtherActions_NeedANameAlone(string action)
    {
        CommandLine.Service service = (CommandLine.Service)Parse(action);
        await Assert.That($"{service.Action}").IsEqualTo(action, StringComparison.OrdinalIgnoreCase);
        await Assert.That(service.Options.ServiceName).IsEqualTo("ovms");
        await Assert.That(service.ServerArguments).IsEmpty();
    }

    // The working directory is not that of the service yet: paths in these options cannot be judged.
    [Test]
    public async Task Run_DoesNotReadTheServersOptions()
    {
        CommandLine.Service service = (CommandLine.Service)Parse("run", "--service_directory", "C:\\m", "--", "--prot", "9000");
        await Assert.That(service.Action).IsEqualTo(ServiceAction.Run);
        await Assert.That(string.Join('|', service.ServerArguments)).IsEqualTo("--prot|9000");
    }

    [Test]
    [Arguments("restart", "expects install, uninstall, start or stop, not 'restart'")]
    [Arguments("--service_name ovms", "expects install, uninstall, start or stop, not '--service_name'")]
    [Arguments("start --port 9000", "unmatched arguments: --port")]
    [Arguments("start -- --port 9000", "for ovms service install alone")]
    [Arguments("install", "needs the server's options after --")]
    [Arguments("install --", "needs the server's options after --")]
    [Arguments("run", "needs the server's options after --")]
    [Arguments("install -- --prot 9000", "unmatched arguments: --prot")]
    [Arguments("install -- --config_path c.json", "port and rest_port cannot both be unset")]
    [Arguments("install -- check --config_path c.json", "must be those of a server")]
    [Arguments("install -- --help", "must be those of a server")]
    [Arguments("start --service_name a/b", "service_name 'a/b'")]
    [Arguments("start --service_name=", "service_name ''")]
    public async Task WrongCommandLines_AreSaid(string arguments, string expected)
    {
        CommandLine.Exit exit = (CommandLine.Exit)Parse(arguments.Split(' '));
        await Assert.That(exit.Code).IsEqualTo(3);
        await Assert.That(exit.Error).Contains(expected);
        await Assert.That(exit.Output).IsEqualTo("");
    }

    [Test]
    [Arguments("install -- --config_path c.json --port 9000")]
    [Arguments("stop")]
    [Arguments("restart")]
    public async Task OnLinux_OneSentenceNamesWhatToUse(string arguments)
    {
        CommandLine.Exit exit = (CommandLine.Exit)Parse(s_linux, arguments.Split(' '));
        await Assert.That(exit.Code).IsEqualTo(64);
        await Assert.That(exit.Error).Contains("services of Windows").And.Contains("publish/ovms.service");
    }

    [Test]
    [Arguments("")]
    [Arguments("--help")]
    [Arguments("install --help")]
    public async Task Help_IsItsOwn_EverywhereTheSame(string arguments)
    {
        foreach (HostFacts host in new[] { s_linux, s_windows })
        {
            CommandLine.Exit exit = (CommandLine.Exit)Parse(host, arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
            await Assert.That(exit.Code).IsEqualTo(ExitCode.Ok);
            await Assert.That(exit.Output).Contains("--service_name").And.DoesNotContain("--model_path");
        }
    }

    private static CommandLine Parse(params string[] arguments) => Parse(s_windows, arguments);

    private static CommandLine Parse(HostFacts host, string[] arguments) =>
        CommandLine.Parse(["service", .. arguments], host, "1", static () => "2");
}
