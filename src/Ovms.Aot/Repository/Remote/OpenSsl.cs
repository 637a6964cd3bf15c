using System.Runtime.InteropServices;
using Ovms.Status;

namespace Ovms.Repository.Remote;

/// <summary>
/// Whether OpenSSL is there, which .NET hashes, signs and speaks TLS with on Linux. Where it is not, .NET ends the process at the first
/// use: nothing of System.Security.Cryptography may run before this was asked, and nothing but object stores needs it.
/// </summary>
internal static class OpenSsl
{
    // The names that .NET tries, without those of OpenSSL 1.0, which it takes and then finds lacking.
    private static readonly string[] s_names = ["libssl.so.3", "libssl.so.1.1"];

    /// <summary>Asks the system's loader.</summary>
    /// <param name="path">For whom, for the message.</param>
    /// <param name="overrule">The variable by which .NET is told another version; null where it is not set.</param>
    /// <param name="canLoad">Loads a library by its name; what is loaded stays.</param>
    public static Outcome Check(RemotePath path, string? overrule, Func<string, bool> canLoad)
    {
        string[] names = overrule is null ? s_names : [$"libssl.so.{overrule}", .. s_names];
        return Array.Exists(names, name => canLoad(name))
            ? Outcome.Ok
            : Outcome.Fail(
                StatusCode.RemoteUnusable,
                $"{path}: object stores need OpenSSL, and none of {string.Join(", ", names)} can be loaded on this machine. Install it (Debian packages libssl3 and ca-certificates) and reload, or serve the model from a folder.");
    }

    /// <summary>The loader of this system; everywhere but on Linux .NET uses what the system brings.</summary>
    public static bool CanLoad(string name) => !OperatingSystem.IsLinux() || NativeLibrary.TryLoad(name, out _);
}
