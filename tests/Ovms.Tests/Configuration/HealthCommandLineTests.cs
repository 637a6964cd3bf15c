using Ovms.Configuration;
using Ovms.Options;

namespace Ovms.Tests.Configuration;

public sealed class HealthCommandLineTests
{
    private static readonly HostFacts s_host = HostFacts.Current;

    [Test]
    public async Task Address_AndTime_AreRead()
    {
        CommandLine line = Parse("health", "--rest_port", "8000", "--rest_bind_address=10.0.0.5", "--timeout_seconds", "2");
        CommandLine.Health health = (CommandLine.Health)line;
        await Assert.That(health.Server!.RestPort).IsEqualTo(8000u);
        await Assert.That(health.Server.RestBindAddress.ToString()).IsEqualTo("10.0.0.5");
        await Assert.That(health.Options.TimeoutSeconds).IsEqualTo(2u);
    }

    [Test]
    public async Task WithoutAddress_ProcessOneIsMeant()
    {
        CommandLine.Health health = (CommandLine.Health)Parse("health");
        await Assert.That(health.Server).IsNull();
        await Assert.That(health.Options.TimeoutSeconds).IsEqualTo(5u);
    }

    [Test]
    [Arguments("--port 9000 --rest_port 8000", "asks at one address, but --port and --rest_port are given")]
    [Arguments("--port 0", "--port '0' is no address")]
    [Arguments("--grpc_uds=", "--grpc_uds '' is no address")]
    [Arguments("--port 70000", "port number out of range")]
    [Arguments("--port 9000 --log_level DEBUG", "--log_level cannot be given to ovms health")]
    [Arguments("--port 9000 --timeout_seconds 0", "timeout_seconds")]
    [Arguments("--ports 9000", "unmatched arguments: --ports")]
    [Arguments("now", "unmatched arguments: now")]
    [Arguments("--rest_uds", "a value is missing")]
    public async Task WrongOptions_AreSaid(string arguments, string expected)
    {
        CommandLine.Exit exit = (CommandLine.Exit)Parse(["health", .. arguments.Split(' ')]);
        await Assert.That(exit.Code).IsEqualTo(ExitCode.Usage(s_host.IsWindows));
        await Assert.That(exit.Error).Contains(expected);
    }

    [Test]
    public async Task Help_IsItsOwn()
    {
        CommandLine.Exit exit = (CommandLine.Exit)Parse("health", "--help");
        await Assert.That(exit.Code).IsEqualTo(ExitCode.Ok);
        await Assert.That(exit.Output).Contains("--timeout_seconds").And.DoesNotContain("--model_path");
    }

    private static CommandLine Parse(params string[] arguments) => CommandLine.Parse(arguments, s_host, "1", static () => "2");
}
