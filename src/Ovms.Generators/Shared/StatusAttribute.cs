namespace Ovms.Status;

/// <summary>Marks the enum of the statuses that the server answers. Each member has a <see cref="StatusAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Enum)]
internal sealed class StatusTableAttribute : Attribute;

/// <summary>
/// One row of the status table. The defaults, gRPC UNKNOWN and HTTP 500, are what the original answers for a status that its maps do not
/// contain. They apply to statuses that only end the process and never reach a client.
/// </summary>
/// <param name="message">The base message; a detail follows it after " - ".</param>
[AttributeUsage(AttributeTargets.Field)]
internal sealed class StatusAttribute(string message) : Attribute
{
    /// <summary>The base message.</summary>
    public string Message { get; } = message;

    /// <summary>The gRPC code for clients.</summary>
    public GrpcCode Grpc { get; init; } = GrpcCode.Unknown;

    /// <summary>The HTTP status for clients.</summary>
    public int Http { get; init; } = 500;
}

/// <summary>The gRPC status codes with their numbers on the wire; not taken from Grpc.Core, so that the table needs no package.</summary>
internal enum GrpcCode
{
    OK = 0,
    Cancelled = 1,
    Unknown = 2,
    InvalidArgument = 3,
    DeadlineExceeded = 4,
    NotFound = 5,
    AlreadyExists = 6,
    PermissionDenied = 7,
    ResourceExhausted = 8,
    FailedPrecondition = 9,
    Aborted = 10,
    OutOfRange = 11,
    Unimplemented = 12,
    Internal = 13,
    Unavailable = 14,
    DataLoss = 15,
    Unauthenticated = 16,
}
