using Ovms.Bench;
using Ovms.Configuration;
using Ovms.Hosting;
using Ovms.Observability;
using Ovms.Options;
using Ovms.Probe;

// Order: the standard streams before anything else is opened; what needs no more than this thread; the limits before another thread is
// made; then the signals, so that one during start-up ends it in order.
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
            ProcessEnd.WithoutFarewell(code);
        }

        return code;

    default:
        throw new System.Diagnostics.UnreachableException();
}

static int Print(CommandLine.Exit exit) => StandardStreams.TryPrint(exit.Output, exit.Error) ? exit.Code : ExitCode.Failure;
