using Ovms.Bench;
using Ovms.Bench.Tuning;
using Ovms.Configuration;
using Ovms.Hosting;
using Ovms.Options;
using Ovms.Pipelines.Isolation;
using Ovms.Probe;
using Ovms.Service;

// Order: the process of a library, which needs nothing below. Standard streams before any other file is opened; then what needs only this
// thread. Next the system limits, before another thread starts. Then the signals, so that one during start-up shuts down in order.
LibraryChild.RunIfAsked(args);
StandardStreams.FillGaps();
HostFacts host = HostFacts.Current;
CommandLine asked = Parse(args);
if ((asked is CommandLine.Health health ? await new HealthProbe(health).RunAsync() : asked) is CommandLine.Exit exit)
{
    return Print(exit);
}

if (new SystemLimits(host).Shortage() is { } shortage)
{
    StandardStreams.Tell(shortage);
    return ExitCode.Failure;
}

StopSignal stop = new();
switch (asked)
{
    case CommandLine.Check check:
        return Print(new ConfigCheck(check.Server, check.Source).Run());
    case CommandLine.Manage manage:
        return Print(manage.Command.Run());
    case CommandLine.Bench bench:
        return await new BenchCommand(bench, new BenchLog(), stop.AlsoAtHangup()).RunAsync();
    case CommandLine.Tune tune:
        return await new TuneCommand(tune, stop.AlsoAtHangup()).RunAsync();

    case CommandLine.Service service when OperatingSystem.IsWindows():
        return service.Action == ServiceAction.Run
            ? ServiceProcess.Run(service, arguments => Parse([.. arguments]), stop)
            : Print(new ServiceCommand(service).Run());

    case CommandLine.Start start:
        ServerEnd end = await ServerRun.RunAsync(start, stop);
        if (end.LeftWorkUnfinished)
        {
            ProcessEnd.WithoutExitHandlers(end.Code);
        }

        return end.Code;

    default:
        throw new System.Diagnostics.UnreachableException();
}

CommandLine Parse(string[] arguments) => CommandLine.Parse(arguments, host, ServerVersion.Text, ServerVersion.ReadBackendBuild);

static int Print(CommandLine.Exit exit) => StandardStreams.TryPrint(exit.Output, exit.Error) ? exit.Code : ExitCode.Failure;
