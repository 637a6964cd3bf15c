using System.Runtime.InteropServices;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>Signals that come again and again while the process ends.</summary>
public sealed class SignalTests
{
    [Test]
    [Repeat(4)]
    public async Task SignalsUntilTheVeryEnd_StillEndWithZero()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy");
        for (int i = 0; !server.Process.HasExited; i++)
        {
            OvmsProcess.TrySignal(server.Process.Id, i % 2 == 0 ? PosixSignal.SIGTERM : PosixSignal.SIGINT);
            await Task.Yield();
        }

        await Assert.That(await server.Process.WaitForExitAsync()).IsEqualTo(0);
        await Assert.That(server.Process.Output).Contains("Stopped");
    }
}
