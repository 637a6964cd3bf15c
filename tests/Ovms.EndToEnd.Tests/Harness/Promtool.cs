using System.ComponentModel;
using System.Diagnostics;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>Prometheus' own checker, where the machine has it.</summary>
internal static class Promtool
{
    // What it says of names that it would have chosen otherwise; they are the original's.
    private const int OnlyRemarks = 3;

    /// <summary>Lets it read a text; says so where it is not there.</summary>
    public static async Task CheckAsync(string text)
    {
        ProcessStartInfo start = new("promtool", ["check", "metrics"]) { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            Console.WriteLine("promtool is not on the PATH: only the parser of the tests has read the metrics.");
            return;
        }

        using (process)
        {
            Task<string> said = process.StandardError.ReadToEndAsync();
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            await process.StandardInput.WriteAsync(text);
            process.StandardInput.Close();
            await process.WaitForExitAsync().WaitAsync(OvmsProcess.Patience);
            await Assert.That(process.ExitCode is 0 or OnlyRemarks).IsTrue().Because(await said + await output);
        }
    }
}
