using System.Runtime.InteropServices;

namespace Ovms.Service;

/// <summary><c>SERVICE_STATUS</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ServiceStatus
{
    public uint Type;
    public uint State;
    public uint Accepted;
    public int ExitCode;
    public int SpecificExitCode;
    public uint CheckPoint;
    public uint WaitHintMilliseconds;
}

/// <summary><c>SERVICE_TABLE_ENTRYW</c>; an empty one ends a table.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ServiceTableEntry
{
    public char* Name;
    public delegate* unmanaged[Stdcall]<uint, char**, void> Main;
}

/// <summary><c>SC_ACTION</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FailureAction
{
    public uint Type;
    public uint DelayMilliseconds;
}

/// <summary><c>SERVICE_FAILURE_ACTIONSW</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct FailureActions
{
    public uint ResetSeconds;
    public char* RebootMessage;
    public char* Command;
    public uint Count;
    public FailureAction* Actions;
}
