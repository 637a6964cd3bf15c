using Ovms.Configuration;
using Ovms.Frontends.Grpc.Transport;
using Ovms.Observability;
using Ovms.Options;

namespace Ovms.Hosting;

/// <summary>Logs at start-up which options were accepted but have no effect.</summary>
internal static class StartNotes
{
    /// <summary>Writes the lines.</summary>
    /// <param name="start">All options.</param>
    /// <param name="listeners">The front ends, which have messages about their own options.</param>
    /// <param name="log">The log.</param>
    public static void Write(CommandLine.Start start, Listeners listeners, ILogger log)
    {
        foreach (string warning in start.Warnings.Concat(listeners.Warnings))
        {
            Log.Warning(log, warning);
        }

        ServerOptions server = start.Server;
        foreach (string note in GrpcSettings.ThreadingNotes(server.GrpcWorkers, server.GrpcMaxThreads))
        {
            Log.Note(log, note);
        }

        foreach (string note in listeners.Notes)
        {
            Log.Note(log, note);
        }

        if (server.LogPath.Length > 0 && OperatingSystem.IsWindows())
        {
            Log.Note(log, "log_path: Windows has no signal to reopen the log file; restart the server to begin a new one");
        }

        if (server.AllowSharedMemory.Length > 0)
        {
            Log.Note(
                log,
                "allow_shared_memory: every caller may let the server read and write shared memory of this host whose key begins with "
                    + server.AllowSharedMemory);
        }

        if (server.RestWorkers is { } workers)
        {
            Log.Note(log, $"rest_workers: {workers} has no effect, calls in flight hold no threads");
        }

        if (server.CustomNodeResourcesCleanerIntervalSeconds != new ServerOptions().CustomNodeResourcesCleanerIntervalSeconds)
        {
            Log.Note(log, "custom_node_resources_cleaner_interval_seconds has no effect, a custom node is freed when its pipeline is");
        }
    }
}
