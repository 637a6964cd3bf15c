namespace Ovms.Frontends.Connections;

/// <summary>The requests that a health-only connection may make: all are answered at once, from memory.</summary>
internal static class HealthPaths
{
    private const string Rest = "/v2/health/";

    private static readonly string[] s_grpc =
    [
        "/grpc.health.v1.Health/Check",
        "/inference.GRPCInferenceService/ServerLive",
        "/inference.GRPCInferenceService/ServerReady",
    ];

    /// <summary>Whether a REST request asks for health.</summary>
    public static bool IsRest(string target) => target.StartsWith(Rest, StringComparison.Ordinal);

    /// <summary>Whether a gRPC call asks for health.</summary>
    public static bool IsGrpc(string? path) => Array.IndexOf(s_grpc, path) >= 0;
}
