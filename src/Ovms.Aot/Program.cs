using Ovms.Bench;
using Ovms.Configuration;
using Ovms.Hosting;
using Ovms.Observability;
using Ovms.Options;
using Ovms.Probe;

// Order: standard streams before any other file is opened; then what needs only this thread. Next the system limits, before another thread
// starts. Then the signals, so that a signal during start-up shuts down in order.
StandardStreams.FillGaps();
HostFacts host = HostFacts.Current;
CommandLine asked = CommandLine.Parse(args, host, ServerVersion.Text, ServerVersion.ReadBackendBuild);
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
        return await new BenchCommand(bench.Options, bench.Server, bench.Model, bench.Passed, new BenchLog(), stop.Token).RunAsync();

    case CommandLine.Start start:
        if (!LogSink.TryOpen(start.Server.LogPath, start.Server.LogFormat, out LogSink? sink, out string? why))
        {
            StandardStreams.TryPrint("", $"{why}\n");
            return ExitCode.Failure;
        }

        CrashNote.Connect(sink);
        RotationSignal.Connect(sink, start.Server.LogPath);
        ModelServer server = new(start, new LogProvider(sink, (LogLevel)start.Server.LogLevel), stop);
        int code = await server.RunAsync();
        sink.Dispose();
        if (server.LeftWorkUnfinished)
        {
            ProcessEnd.WithoutExitHandlers(code);
        }

        return code;

    default:
        throw new System.Diagnostics.UnreachableException();
}

static int Print(CommandLine.Exit exit) => StandardStreams.TryPrint(exit.Output, exit.Error) ? exit.Code : ExitCode.Failure;
