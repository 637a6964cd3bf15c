using Ovms.Generators.Infrastructure;

namespace Ovms.Generators.Status;

/// <summary>The status enum, as input of the emitter.</summary>
internal sealed record StatusTable(string? Namespace, string Accessibility, string EnumName, EquatableArray<StatusRow> Rows);

/// <summary>One member: its name, base message, gRPC code and HTTP status.</summary>
internal sealed record StatusRow(string Member, string Message, string Grpc, int Http);
