using System.Globalization;
using System.Runtime.InteropServices;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>The tests give the same results whoever starts them: a terminal, nohup, or a script in the background.</summary>
public sealed class DefaultSignalTests
{
    private const int Hangup = 1;
    private const int Interrupt = 2;
    private const nint Ignore = 1;

    [Test]
    public async Task Children_IgnoreNoSignalThatTheTestsIgnore()
    {
        if (DefaultSignals.Launcher is null)
        {
            Skip.Test("There is no env that knows --default-signal (coreutils 8.31): children ignore what the tests ignore.");
        }

        // As nohup does it. A hangup of the terminal would not end the tests meanwhile, which is all.
        nint before = Signal(Hangup, Ignore);
        try
        {
            await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy");
            string status = await File.ReadAllTextAsync($"/proc/{server.Process.Id}/status");
            string mask = status.Split('\n').Single(static line => line.StartsWith("SigIgn:", StringComparison.Ordinal))["SigIgn:".Length..].Trim();
            ulong ignored = ulong.Parse(mask, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            await Assert.That(ignored & ((1UL << (Hangup - 1)) | (1UL << (Interrupt - 1)))).IsEqualTo(0UL);
            server.Process.Signal(PosixSignal.SIGINT);
            await Assert.That(await server.Process.WaitForExitAsync()).IsEqualTo(0);
        }
        finally
        {
            Signal(Hangup, before);
        }
    }

    [DllImport("libc", EntryPoint = "signal", SetLastError = true)]
    private static extern nint Signal(int signal, nint handler);
}
