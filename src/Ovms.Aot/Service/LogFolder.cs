using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;
using Ovms.Status;

namespace Ovms.Service;

/// <summary>The folder of a service's log, which LocalService must be able to write to.</summary>
[SupportedOSPlatform("windows")]
internal static class LogFolder
{
    /// <summary>Creates the default folder. A folder that the operator names must exist, and its permissions are left alone.</summary>
    /// <param name="log">The log file.</param>
    /// <param name="canCreate">Whether it is the default one.</param>
    public static Outcome Prepare(string log, bool canCreate)
    {
        string folder = Path.GetDirectoryName(log) ?? log;
        if (!canCreate)
        {
            return Directory.Exists(folder)
                ? Outcome.Ok
                : Outcome.Fail(
                    StatusCode.ServiceFailed, $"The log's folder {folder} does not exist. Create it, or choose another --log_path.");
        }

        try
        {
            DirectoryInfo made = Directory.CreateDirectory(folder);
            DirectorySecurity security = made.GetAccessControl(AccessControlSections.Access);
            security.AddAccessRule(new FileSystemAccessRule(
                new SecurityIdentifier(WellKnownSidType.LocalServiceSid, null),
                FileSystemRights.Modify,
                InheritanceFlags.ContainerInherit | InheritanceFlags.ObjectInherit,
                PropagationFlags.None,
                AccessControlType.Allow));
            made.SetAccessControl(security);
            return Outcome.Ok;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or PrivilegeNotHeldException)
        {
            return Outcome.Fail(
                StatusCode.ServiceFailed,
                $"The log's folder {folder} cannot be prepared for LocalService: {failure.Message.TrimEnd('.')}. "
                    + "Run the command as an administrator, or choose another --log_path.");
        }
    }
}
