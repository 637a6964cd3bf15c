using Ovms.Generators.Infrastructure;

namespace Ovms.Generators.Status;

/// <summary>Emits the three maps of a status table as switches, which compile to jump tables.</summary>
internal static class StatusEmitter
{
    public static string Emit(StatusTable table)
    {
        CodeWriter writer = CodeWriter.ForFile(table.Namespace);
        writer.Line($"/// <summary>Message, gRPC code and HTTP status of every <see cref=\"{table.EnumName}\"/>.</summary>");
        writer.Line(CodeWriter.GeneratedCode);
        using (writer.Block($"{table.Accessibility} static class {table.EnumName}Extensions"))
        {
            const string Grpc = "global::Grpc.Core.StatusCode";
            Map(writer, table, "string", "Message", "The base message.", static row => CodeWriter.Literal(row.Message));
            writer.Line();
            Map(writer, table, Grpc, "ToGrpc", "The gRPC code for clients.", static row => $"{Grpc}.{row.Grpc}");
            writer.Line();
            Map(writer, table, "int", "ToHttp", "The HTTP status for clients.", static row => CodeWriter.Literal(row.Http));
        }

        return writer.ToString();
    }

    private static void Map(
        CodeWriter writer, StatusTable table, string type, string method, string summary, Func<StatusRow, string> value)
    {
        writer.Line($"/// <summary>{summary}</summary>");
        using (writer.Block($"public static {type} {method}(this {table.EnumName} code) => code switch", ";"))
        {
            foreach (StatusRow row in table.Rows)
            {
                writer.Line($"{table.EnumName}.{row.Member} => {value(row)},");
            }

            const string Unknown =
                "throw new global::System.ArgumentOutOfRangeException(nameof(code), code, \"Not a row of the status table.\")";
            writer.Line($"_ => {Unknown},");
        }
    }
}
