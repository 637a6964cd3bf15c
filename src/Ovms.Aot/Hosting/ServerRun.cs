using Ovms.Configuration;
using Ovms.Observability;
using Ovms.Options;

namespace Ovms.Hosting;

/// <summary>One server, from the opening of its log to the closing.</summary>
internal static class ServerRun
{
    /// <summary>Runs the server until it is asked to stop or cannot start.</summary>
    /// <param name="start">All options.</param>
    /// <param name="stop">Asks it to stop.</param>
    /// <param name="listening">Called when its ports are open.</param>
    public static async Task<ServerEnd> RunAsync(CommandLine.Start start, StopSignal stop, Action? listening = null)
    {
        if (!LogSink.TryOpen(start.Server.LogPath, start.Server.LogFormat, out LogSink? sink, out string? why))
        {
            StandardStreams.TryPrint("", $"{why}\n");
            return new ServerEnd(ExitCode.Failure, LeftWorkUnfinished: false);
        }

        CrashNote.Connect(sink);
        RotationSignal.Connect(sink, start.Server.LogPath);
        ModelServer server = new(start, new LogProvider(sink, (LogLevel)start.Server.LogLevel), stop, listening);
        int code = await server.RunAsync().ConfigureAwait(false);
        sink.Dispose();
        return new ServerEnd(code, server.LeftWorkUnfinished);
    }
}

/// <summary>How a server ended.</summary>
/// <param name="Code">The exit code.</param>
/// <param name="LeftWorkUnfinished">Whether the engine still works: see <see cref="ProcessEnd"/>.</param>
internal readonly record struct ServerEnd(int Code, bool LeftWorkUnfinished);
