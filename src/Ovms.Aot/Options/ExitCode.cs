namespace Ovms.Options;

/// <summary>The exit codes that users and scripts of the original know.</summary>
internal static class ExitCode
{
    /// <summary>Stopped by a signal, or printed what was asked for.</summary>
    public const int Ok = 0;

    /// <summary>The options are fine but the server could not start.</summary>
    public const int Failure = 1;

    /// <summary>The command line is wrong: 64 (EX_USAGE of sysexits.h), on Windows 3.</summary>
    public static int Usage(bool isWindows) => isWindows ? 3 : 64;
}
