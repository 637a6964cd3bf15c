using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Ovms.Generators.Infrastructure;
using Ovms.Status;

namespace Ovms.Generators.Status;

/// <summary>Reads the attributed enum as a <see cref="StatusTable"/>; there is no table if a row has a fault.</summary>
internal static class StatusTableParser
{
    public static Parsed<StatusTable> Parse(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        INamedTypeSymbol type = (INamedTypeSymbol)context.TargetSymbol;
        List<StatusRow> rows = [];
        List<DiagnosticInfo> diagnostics = [];
        foreach (IFieldSymbol member in type.GetMembers().OfType<IFieldSymbol>().Where(static f => f.HasConstantValue))
        {
            cancellation.ThrowIfCancellationRequested();
            AttributeData? attribute = member.GetAttributes()
                .FirstOrDefault(static a => a.AttributeClass?.ToDisplayString() == typeof(StatusAttribute).FullName);
            if (attribute is null)
            {
                diagnostics.Add(DiagnosticInfo.Create(Diagnostics.MissingStatus, LocationInfo.From(member), member.Name, type.Name));
                continue;
            }

            StatusRow row = ReadRow(member, attribute);
            if (FaultOf(row) is string fault)
            {
                diagnostics.Add(DiagnosticInfo.Create(Diagnostics.InvalidStatus, LocationInfo.From(member), member.Name, fault));
            }

            rows.Add(row);
        }

        StatusTable? table = diagnostics.Count > 0
            ? null
            : new StatusTable(
                type.ContainingNamespace.IsGlobalNamespace ? null : type.ContainingNamespace.ToDisplayString(),
                SyntaxFacts.GetText(type.DeclaredAccessibility),
                type.Name,
                rows.ToEquatableArray());
        return new Parsed<StatusTable>(table, diagnostics.ToEquatableArray());
    }

    private static StatusRow ReadRow(IFieldSymbol member, AttributeData attribute)
    {
        string message = attribute.ConstructorArguments.FirstOrDefault().Value as string ?? "";
        StatusAttribute defaults = new(message);
        int grpc = (int)defaults.Grpc;
        int http = defaults.Http;
        foreach (KeyValuePair<string, TypedConstant> argument in attribute.NamedArguments)
        {
            switch (argument.Key)
            {
                case nameof(StatusAttribute.Grpc):
                    grpc = (int)argument.Value.Value!;
                    break;
                case nameof(StatusAttribute.Http):
                    http = (int)argument.Value.Value!;
                    break;
            }
        }

        return new StatusRow(member.Name, message, Enum.GetName(typeof(GrpcCode), grpc) ?? "", http);
    }

    private static string? FaultOf(StatusRow row) =>
        row.Message.Length == 0 ? "has an empty message: clients need a sentence"
        : row.Grpc.Length == 0 ? "names a gRPC code that does not exist"
        : row.Http is < 200 or > 599 ? $"gives HTTP status {row.Http}: 200 to 599 are possible"
        : null;
}
