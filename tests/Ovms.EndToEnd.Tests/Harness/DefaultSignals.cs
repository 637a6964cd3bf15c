using System.Diagnostics;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>
/// Starts children with the usual effect of signals. What ignores SIGHUP or SIGINT hands that on to its children: <c>nohup</c> does the
/// one, <c>&amp;</c> in a script the other, and a server started so would not end at the signal that a test sends.
/// </summary>
internal static class DefaultSignals
{
    private const string Env = "/usr/bin/env";

    /// <summary>Arguments of the launcher, before the program's path.</summary>
    public static string[] Arguments { get; } = ["--default-signal=HUP,INT,QUIT,TERM,USR1"];

    /// <summary>A program that becomes the one that is to be started, under the same process number; null where there is none.</summary>
    public static string? Launcher { get; } = Find();

    private static string? Find()
    {
        if (!OperatingSystem.IsLinux() || !File.Exists(Env))
        {
            return null;
        }

        // Of GNU's coreutils from 8.31 on.
        using Process trial = Process.Start(new ProcessStartInfo(Env, [.. Arguments, "true"]) { RedirectStandardError = true })!;
        trial.StandardError.ReadToEnd();
        trial.WaitForExit();
        return trial.ExitCode == 0 ? Env : null;
    }
}
