using Ovms.Configuration;
using Ovms.Hosting;
using Ovms.Hosting.Bench;
using Ovms.Native;
using Ovms.Observability;
using Ovms.Options;

// Order: the standard streams before anything else is opened, then the signals, so that one during start-up ends it in order.
StandardStreams.FillGaps();
StopSignal stop = new();

switch (CommandLine.Parse(args, HostFacts.Current, ServerVersion.Text, BackendBuild))
{
    case CommandLine.Exit exit:
        return StandardStreams.TryPrint(exit.Output, exit.Error) ? exit.Code : ExitCode.Failure;

    case CommandLine.Bench bench:
        return await new BenchCommand(bench.Options, bench.Server, bench.Model, bench.Passed, new BenchLog(), stop.Token).RunAsync();

    case CommandLine.Start start:
        if (!LogSink.TryOpen(start.Server.LogPath, out LogSink? sink, out string? why))
        {
            StandardStreams.TryPrint("", $"{why}\n");
            return ExitCode.Failure;
        }

        ModelServer server = new(start, new LogProvider(sink, LogLevels.Parse(start.Server.LogLevel)), stop);
        int code;
        using (sink)
        {
            code = await server.RunAsync();
        }

        if (server.LeftWorkUnfinished)
        {
            ProcessEnd.WithoutFarewell(code);
        }

        return code;

    default:
        throw new System.Diagnostics.UnreachableException();
}

static string BackendBuild()
{
    try
    {
        OpenVinoLibrary.Load();
        return OpenVinoLibrary.BuildNumber;
    }
    catch (OpenVinoLibraryException missing)
    {
        return missing.Message;
    }
}
