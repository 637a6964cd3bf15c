using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Ovms.Service;

/// <summary>The service control manager's functions, with their native names: winsvc.h, advapi32.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class ServiceControl
{
    public const uint ManagerConnect = 0x1, ManagerCreate = 0x2;
    public const uint AccessConfig = 0x2, AccessQuery = 0x4, AccessStart = 0x10, AccessStop = 0x20, AccessDelete = 0x10000;
    public const uint OwnProcess = 0x10, AutoStart = 2, ErrorNormal = 1;
    public const uint ControlStop = 1, ControlInterrogate = 4, ControlPreshutdown = 0xF;
    public const uint Stopped = 1, StartPending = 2, StopPending = 3, Running = 4;
    public const uint AcceptStop = 0x1, AcceptPreshutdown = 0x100;
    public const uint ConfigDescription = 1, ConfigFailureActions = 2, ConfigFailureActionsFlag = 4, ConfigPreshutdown = 7;
    public const uint ActionRestart = 1;
    public const int NoError = 0, NotImplemented = 120, NotConnectedToManager = 1063, ServiceSpecific = 1066;
    public const int AccessDenied = 5, AlreadyRunning = 1056, DoesNotExist = 1060, NotActive = 1062, MarkedForDelete = 1072, Exists = 1073;

    [LibraryImport("advapi32.dll", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    public static partial ServiceHandle OpenSCManagerW(string? machine, string? database, uint access);

    [LibraryImport("advapi32.dll", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    public static partial ServiceHandle OpenServiceW(ServiceHandle manager, string name, uint access);

    [LibraryImport("advapi32.dll", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    public static partial ServiceHandle CreateServiceW(
        ServiceHandle manager, string name, string displayName, uint access, uint type, uint start, uint errorControl, string command,
        string? group, nint tag, string? dependencies, string? account, string? password);

    [LibraryImport("advapi32.dll", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool ChangeServiceConfig2W(ServiceHandle service, uint level, void* value);

    [LibraryImport("advapi32.dll", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool StartServiceW(ServiceHandle service, uint count, char** arguments);

    [LibraryImport("advapi32.dll", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool ControlService(ServiceHandle service, uint control, ServiceStatus* status);

    [LibraryImport("advapi32.dll", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool QueryServiceStatus(ServiceHandle service, ServiceStatus* status);

    [LibraryImport("advapi32.dll", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool DeleteService(ServiceHandle service);

    [LibraryImport("advapi32.dll", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool CloseServiceHandle(nint handle);

    [LibraryImport("advapi32.dll", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool StartServiceCtrlDispatcherW(ServiceTableEntry* table);

    /// <summary>The handle that it returns lives as long as the process and must not be closed.</summary>
    [LibraryImport("advapi32.dll", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    public static partial nint RegisterServiceCtrlHandlerExW(
        string name, delegate* unmanaged[Stdcall]<uint, uint, void*, void*, int> handler, void* context);

    [LibraryImport("advapi32.dll", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool SetServiceStatus(nint handle, ServiceStatus* status);
}
