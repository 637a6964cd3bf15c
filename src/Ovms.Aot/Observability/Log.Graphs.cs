namespace Ovms.Observability;

/// <content>Graphs.</content>
internal static partial class Log
{
    [LoggerMessage(140, LogLevel.Information, "Graph {Graph} is loaded; nodes: {Nodes}; models: {Models}")]
    public static partial void GraphLoaded(ILogger log, string graph, int nodes, string models);
}
