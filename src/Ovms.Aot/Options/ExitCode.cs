namespace Ovms.Options;

/// <summary>The exit codes, the same as the original's.</summary>
internal static class ExitCode
{
    /// <summary>Stopped by a signal, or a command succeeded.</summary>
    public const int Ok = 0;

    /// <summary>The options are valid, but the server could not start or a command failed.</summary>
    public const int Failure = 1;

    /// <summary>The command line is wrong: 64 (EX_USAGE of sysexits.h), on Windows 3.</summary>
    public static int Usage(bool isWindows) => isWindows ? 3 : 64;
}
