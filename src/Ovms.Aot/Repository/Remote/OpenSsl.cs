using System.Runtime.InteropServices;
using Ovms.Status;

namespace Ovms.Repository.Remote;

/// <summary>
/// Checks that OpenSSL is installed; .NET on Linux needs it for hashes, signatures and TLS. If it is missing, .NET ends the process at
/// first use. So this check must run before any of System.Security.Cryptography; only object stores need it.
/// </summary>
internal static class OpenSsl
{
    // The names that .NET tries, except for OpenSSL 1.0: .NET loads it but cannot use it.
    private static readonly string[] s_names = ["libssl.so.3", "libssl.so.1.1"];

    /// <summary>Tries to load the library.</summary>
    /// <param name="path">The base path that needs it, for the message.</param>
    /// <param name="overrule">Value of the variable that tells .NET to use another version; null if unset.</param>
    /// <param name="canLoad">Loads a library by name; a loaded library stays loaded.</param>
    public static Outcome Check(RemotePath path, string? overrule, Func<string, bool> canLoad)
    {
        string[] names = overrule is null ? s_names : [$"libssl.so.{overrule}", .. s_names];
        return Array.Exists(names, name => canLoad(name))
            ? Outcome.Ok
            : Outcome.Fail(
                StatusCode.RemoteUnusable,
                $"{path}: object stores need OpenSSL, and none of {string.Join(", ", names)} can be loaded on this machine. "
                + "Install it (Debian packages libssl3 and ca-certificates) and reload, or serve the model from a folder.");
    }

    /// <summary>Loads through the system's loader. Always true on systems other than Linux, where .NET does not use OpenSSL.</summary>
    public static bool CanLoad(string name) => !OperatingSystem.IsLinux() || NativeLibrary.TryLoad(name, out _);
}
