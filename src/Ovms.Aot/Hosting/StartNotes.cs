using Ovms.Frontends.Grpc;
using Ovms.Observability;
using Ovms.Options;

namespace Ovms.Hosting;

/// <summary>Says once, at the start, which options were taken and have nothing here that they could steer.</summary>
internal static class StartNotes
{
    /// <summary>Writes the lines.</summary>
    public static void Write(CommandLine.Start start, ILogger log)
    {
        foreach (string warning in start.Warnings)
        {
            Log.Warning(log, warning);
        }

        ServerOptions server = start.Server;
        foreach (string note in GrpcSettings.ThreadingNotes(server.GrpcWorkers, server.GrpcMaxThreads))
        {
            Log.Note(log, note);
        }

        if (server.RestWorkers is { } workers)
        {
            Log.Note(log, $"rest_workers: {workers} has no effect, calls in flight hold no threads");
        }

        Log.Note(log, "Versions are looked for once, at the start");
    }
}
