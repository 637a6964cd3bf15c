using System.Globalization;
using Ovms.Configuration;
using Ovms.Configuration.Pipelines;
using Ovms.Options;
using Ovms.Repository;
using Ovms.Serving.Loading;
using Ovms.Status;

namespace Ovms.Serving.Lifecycle;

/// <summary>Describes a pipeline or a graph as something to serve: one version, made of its definition and of the files that
/// this names: libraries of a pipeline, handlers and lists of labels of a graph.</summary>
internal static class ComposedLook
{
    /// <summary>Looks at a pipeline. A library that is replaced by another file makes it another source.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="server">The server's options.</param>
    public static DesiredModel Of(PipelineConfig pipeline, ServerOptions server)
    {
        ModelConfig config = ModelConfig.Of(ComposedSettings.Of(pipeline), server);
        string stamp = string.Join(';', pipeline.Libraries.Select(static library => StampOf(library.Value)));
        VersionOnDisk version = new(new ModelVersionFolder(1, ""), new FilesStamp(stamp), IsSettled: true);
        return new DesiredModel(pipeline.Name, config, [version], Outcome.Ok);
    }

    /// <summary>Looks at a graph, whose text the configuration has. A handler or a list of labels that is edited makes it another
    /// source.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="server">The server's options.</param>
    public static DesiredModel Of(GraphEntry graph, ServerOptions server)
    {
        ModelConfig config = ModelConfig.Of(ComposedSettings.Of(graph), server);
        string stamp = string.Join(';', graph.Files.Select(StampOf));
        VersionOnDisk version = new(new ModelVersionFolder(1, graph.Path), new FilesStamp(stamp), IsSettled: true);
        return new DesiredModel(graph.Name, config, [version], Outcome.Ok);
    }

    private static string StampOf(string path)
    {
        try
        {
            FileInfo file = new(path);
            return file.Exists
                ? string.Create(CultureInfo.InvariantCulture, $"{file.Length}@{file.LastWriteTimeUtc.Ticks}")
                : "none";
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return "none";
        }
    }
}
