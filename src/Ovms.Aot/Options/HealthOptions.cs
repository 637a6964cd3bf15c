namespace Ovms.Options;

/// <summary>Options of <c>ovms health</c>, beside the address of the server.</summary>
[OptionTable(Section = "health check: ovms health")]
internal sealed partial record HealthOptions
{
    /// <summary>Seconds that the server has to accept the connection and to answer.</summary>
    [Option("timeout_seconds", Placeholder = "SECONDS", Min = 1, Max = 3600)]
    public uint TimeoutSeconds { get; init; } = 5;
}
