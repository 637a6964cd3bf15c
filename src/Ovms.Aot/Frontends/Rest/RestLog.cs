namespace Ovms.Frontends.Rest;

/// <summary>What the REST front itself has to tell.</summary>
internal static partial class RestLog
{
    [LoggerMessage(200, LogLevel.Error, "REST {Method} {Path} failed inside the server")]
    public static partial void Failed(ILogger log, string method, string path, Exception exception);
}
