using Ovms.Configuration;
using Ovms.Options;
using Ovms.Probe;

namespace Ovms.Tests.Probe;

public sealed class HealthProbeTests
{
    // A container whose first process is another program, or a system that does not show its arguments: no wrong command line.
    [Test]
    public async Task NoServerToAsk_IsOneSentenceAndExitCode1()
    {
        CommandLine.Exit exit = await new HealthProbe(new CommandLine.Health(new HealthOptions(), Server: null)).RunAsync();

        await Assert.That(exit.Code).IsEqualTo(1);
        await Assert.That(exit.Output).IsEqualTo("");
        await Assert.That(exit.Error.TrimEnd().Split('\n').Single()).EndsWith("Give --port, --rest_port, --grpc_uds or --rest_uds.");
    }
}
