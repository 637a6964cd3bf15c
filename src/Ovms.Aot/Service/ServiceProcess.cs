using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Ovms.Configuration;
using Ovms.Hosting;
using Ovms.Options;

namespace Ovms.Service;

/// <summary>
/// The process of a service: <c>ovms service run</c>. The service control manager calls back on threads of its own, without a context, so
/// that there is one such object in a process.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed class ServiceProcess
{
    // Until the first status the manager waits 30 s. Opening the ports takes no longer, but the start of a busy machine does.
    private const uint StartHintMilliseconds = 120_000;
    private const uint StopHintMilliseconds = 10_000;

    private static ServiceProcess? s_current;

    private readonly Lock _gate = new();
    private readonly CommandLine.Service _asked;
    private readonly Func<IReadOnlyList<string>, CommandLine> _parse;
    private readonly StopSignal _stop;
    private nint _handle;
    private uint _state;
    private uint _step;
    private uint _drainSeconds;
    private int _code;

    private ServiceProcess(CommandLine.Service asked, Func<IReadOnlyList<string>, CommandLine> parse, StopSignal stop)
    {
        _asked = asked;
        _parse = parse;
        _stop = stop;
    }

    /// <summary>Runs the server until the service is stopped.</summary>
    /// <param name="asked">The command line.</param>
    /// <param name="parse">Reads the server's part of it, when the working directory is that of the service.</param>
    /// <param name="stop">Stops the server.</param>
    /// <returns>The exit code.</returns>
    public static unsafe int Run(CommandLine.Service asked, Func<IReadOnlyList<string>, CommandLine> parse, StopSignal stop)
    {
        s_current = new ServiceProcess(asked, parse, stop);
        fixed (char* name = asked.Options.ServiceName)
        {
            ServiceTableEntry* table = stackalloc ServiceTableEntry[2];
            table[0] = new ServiceTableEntry { Name = name, Main = &ServiceMain };
            table[1] = default;

            // Returns when the service has reported its end.
            if (ServiceControl.StartServiceCtrlDispatcherW(table))
            {
                return s_current._code;
            }
        }

        int error = Marshal.GetLastPInvokeError();
        StandardStreams.TryPrint(
            "",
            error == ServiceControl.NotConnectedToManager
                ? "ovms service run is for the service control manager. To serve in this window, leave out everything up to --.\n"
                : $"The service cannot run: {Marshal.GetPInvokeErrorMessage(error)} (Windows error {error})\n");
        return ExitCode.Failure;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvStdcall)])]
    private static unsafe void ServiceMain(uint count, char** arguments) => s_current!.Serve();

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvStdcall)])]
    private static unsafe int OnControl(uint control, uint type, void* data, void* context) => s_current!.Handle(control);

    private unsafe void Serve()
    {
        _handle = ServiceControl.RegisterServiceCtrlHandlerExW(_asked.Options.ServiceName, &OnControl, null);
        Report(ServiceControl.StartPending, StartHintMilliseconds);
        ServerEnd end = ServeAsync().GetAwaiter().GetResult();
        _code = end.Code;
        Report(ServiceControl.Stopped, 0);
        if (end.LeftWorkUnfinished)
        {
            ProcessEnd.WithoutExitHandlers(end.Code);
        }
    }

    private async Task<ServerEnd> ServeAsync()
    {
        try
        {
            Environment.CurrentDirectory = _asked.Options.ServiceDirectory;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return Tell($"The service cannot start in {_asked.Options.ServiceDirectory}: {failure.Message}");
        }

        switch (_parse(_asked.ServerArguments))
        {
            case CommandLine.Start start:
                _drainSeconds = start.Server.DrainTimeoutSeconds;
                return await ServerRun.RunAsync(start, _stop, () => Report(ServiceControl.Running, 0)).ConfigureAwait(false);

            case CommandLine.Exit { Code: not ExitCode.Ok } refused:
                return Tell(refused.Error, refused.Code);

            default:
                return Tell("The options after -- are not those of a server.");
        }
    }

    // Nobody sees the output of a service: what keeps its options from being read goes where its log would be.
    private ServerEnd Tell(string text, int code = ExitCode.Failure)
    {
        StandardStreams.TryPrint("", $"{text}\n");
        try
        {
            File.AppendAllText(ServiceCommandLine.DefaultLogPath(_asked.Options.ServiceName, HostFacts.Current), $"{text}\n");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // There is nowhere else to report it; the service ends with an exit code.
        }

        return new ServerEnd(code, LeftWorkUnfinished: false);
    }

    private int Handle(uint control)
    {
        switch (control)
        {
            case ServiceControl.ControlStop or ServiceControl.ControlPreshutdown:
                Report(ServiceControl.StopPending, (_drainSeconds * 1000) + StopHintMilliseconds);
                _stop.Request();
                return ServiceControl.NoError;

            case ServiceControl.ControlInterrogate:
                return ServiceControl.NoError;

            default:
                return ServiceControl.NotImplemented;
        }
    }

    // A state is never reported after a later one: a stop may come while the start is still reported.
    private unsafe void Report(uint state, uint hintMilliseconds)
    {
        lock (_gate)
        {
            bool isLate = _state == ServiceControl.Stopped || (_state == ServiceControl.StopPending && state == ServiceControl.Running);
            if (isLate)
            {
                return;
            }

            _state = state;
            bool isPending = state is ServiceControl.StartPending or ServiceControl.StopPending;
            ServiceStatus status = new()
            {
                Type = ServiceControl.OwnProcess,
                State = state,
                Accepted = state == ServiceControl.Running ? ServiceControl.AcceptStop | ServiceControl.AcceptPreshutdown : 0,
                ExitCode = _code == ExitCode.Ok ? ServiceControl.NoError : ServiceControl.ServiceSpecific,
                SpecificExitCode = _code,
                CheckPoint = isPending ? ++_step : 0,
                WaitHintMilliseconds = hintMilliseconds,
            };
            _ = ServiceControl.SetServiceStatus(_handle, &status);
        }
    }
}
