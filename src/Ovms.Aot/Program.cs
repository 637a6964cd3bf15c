using Ovms.Hosting;
using Ovms.Native;
using Ovms.Observability;
using Ovms.Options;

// First of all, so that a signal during start-up ends it in order.
using StopSignal stop = new();

switch (CommandLine.Parse(args, HostFacts.Current, ServerVersion.Text, BackendBuild))
{
    case CommandLine.Exit exit:
        await Console.Out.WriteAsync(exit.Output);
        await Console.Error.WriteAsync(exit.Error);
        return exit.Code;

    case CommandLine.Start start:
        if (!LogSink.TryOpen(start.Server.LogPath, out LogSink? sink, out string? why))
        {
            await Console.Error.WriteLineAsync(why);
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
