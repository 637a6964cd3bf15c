using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Ovms.Status;

namespace Ovms.Service;

/// <summary>A service as the service control manager knows it: opened, changed, started, stopped, removed.</summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe class InstalledService : IDisposable
{
    // A pending service says how long it needs for its next step; this is added for a busy machine.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly ServiceHandle _handle;
    private readonly string _name;

    private InstalledService(ServiceHandle handle, string name)
    {
        _handle = handle;
        _name = name;
    }

    /// <summary>Registers a service that starts with Windows, in a process of its own.</summary>
    public static Outcome<InstalledService> Create(string name, string displayName, string account, string command)
    {
        using ServiceHandle manager = ServiceControl.OpenSCManagerW(
            null, null, ServiceControl.ManagerConnect | ServiceControl.ManagerCreate);
        if (manager.IsInvalid)
        {
            return Failed(name, "be installed");
        }

        ServiceHandle service = ServiceControl.CreateServiceW(
            manager, name, displayName, ServiceControl.AccessConfig | ServiceControl.AccessStart | ServiceControl.AccessDelete,
            ServiceControl.OwnProcess, ServiceControl.AutoStart, ServiceControl.ErrorNormal, command, null, 0, null, account, null);
        return service.IsInvalid ? Failed(name, "be installed") : new InstalledService(service, name);
    }

    /// <summary>Opens a service that is registered.</summary>
    public static Outcome<InstalledService> Open(string name, uint access, string purpose)
    {
        using ServiceHandle manager = ServiceControl.OpenSCManagerW(null, null, ServiceControl.ManagerConnect);
        if (manager.IsInvalid)
        {
            return Failed(name, purpose);
        }

        ServiceHandle service = ServiceControl.OpenServiceW(manager, name, access);
        return service.IsInvalid ? Failed(name, purpose) : new InstalledService(service, name);
    }

    /// <summary>Sets one of the optional settings.</summary>
    public Outcome Set(uint level, void* value, string what) =>
        ServiceControl.ChangeServiceConfig2W(_handle, level, value) ? Outcome.Ok : Failed(_name, $"get its {what}");

    /// <summary>Starts it and waits until it runs.</summary>
    /// <returns>True if it was not running before.</returns>
    public Outcome<bool> Start()
    {
        if (!ServiceControl.StartServiceW(_handle, 0, null))
        {
            return Marshal.GetLastPInvokeError() == ServiceControl.AlreadyRunning ? false : Failed(_name, "be started");
        }

        ServiceStatus status = WaitWhile(ServiceControl.StartPending);
        return status.State switch
        {
            ServiceControl.Running => true,
            ServiceControl.StartPending =>
                Outcome.Fail(StatusCode.ServiceFailed, $"Service {_name} still starts. Its log says what it waits for."),
            _ => Outcome.Fail(
                StatusCode.ServiceFailed, $"Service {_name} ended while it started, {Exit(status)}. Its log says why (--log_path)."),
        };
    }

    /// <summary>Stops it and waits until its process has reported the end.</summary>
    /// <returns>True if it was running before.</returns>
    public Outcome<bool> Stop()
    {
        ServiceStatus status;
        if (!ServiceControl.ControlService(_handle, ServiceControl.ControlStop, &status))
        {
            return Marshal.GetLastPInvokeError() == ServiceControl.NotActive ? false : Failed(_name, "be stopped");
        }

        status = WaitWhile(ServiceControl.StopPending);
        return status.State == ServiceControl.Stopped
            ? true
            : Outcome.Fail(
                StatusCode.ServiceFailed, $"Service {_name} has not stopped within the time that it requested. Its log says why.");
    }

    /// <summary>Removes the registration.</summary>
    public Outcome Delete() => ServiceControl.DeleteService(_handle) ? Outcome.Ok : Failed(_name, "be uninstalled");

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private static string Exit(ServiceStatus status) => status.ExitCode == ServiceControl.ServiceSpecific
        ? $"exit code {status.SpecificExitCode}"
        : $"Windows error {status.ExitCode}";

    // The time limit starts anew with each step that the service reports.
    private ServiceStatus WaitWhile(uint state)
    {
        ServiceStatus status = Query();
        (uint step, long begun) = (status.CheckPoint, Environment.TickCount64);
        while (status.State == state && Environment.TickCount64 - begun < status.WaitHintMilliseconds + (long)s_grace.TotalMilliseconds)
        {
            Thread.Sleep(s_pause);
            status = Query();
            if (status.CheckPoint != step)
            {
                (step, begun) = (status.CheckPoint, Environment.TickCount64);
            }
        }

        return status;
    }

    private ServiceStatus Query()
    {
        ServiceStatus status = default;
        _ = ServiceControl.QueryServiceStatus(_handle, &status);
        return status;
    }

    private static Outcome Failed(string name, string purpose)
    {
        int error = Marshal.GetLastPInvokeError();
        string why = error switch
        {
            ServiceControl.AccessDenied => "access is denied. Run the command as an administrator",
            ServiceControl.DoesNotExist =>
                "it is not installed. Install it with ovms service install -- OPTIONS, or give another --service_name",
            ServiceControl.Exists => "it is installed already. Remove it with ovms service uninstall, or give another --service_name",
            ServiceControl.MarkedForDelete =>
                "it is being removed. Close what still shows it, such as the Services window, and try again",
            _ => $"{Marshal.GetPInvokeErrorMessage(error).TrimEnd('.', ' ')} (Windows error {error})",
        };
        return Outcome.Fail(StatusCode.ServiceFailed, $"Service {name} cannot {purpose}: {why}.");
    }
}
