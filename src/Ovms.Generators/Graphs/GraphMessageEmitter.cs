using Ovms.Generators.Infrastructure;

namespace Ovms.Generators.Graphs;

/// <summary>Emits the reader of a message: a loop over the fields of the tree with a switch on their names.</summary>
internal static class GraphMessageEmitter
{
    private const string Graphs = "global::Ovms.Configuration.Graphs.";
    private const string Immutable = "global::System.Collections.Immutable.ImmutableArray";

    public static string Emit(GraphMessage message)
    {
        CodeWriter writer = CodeWriter.ForFile(message.Namespace);
        writer.Line(CodeWriter.GeneratedCode);
        using (writer.Block($"{message.Accessibility} sealed partial record {message.Record}"))
        {
            writer.Line("/// <summary>The message's full name.</summary>");
            writer.Line($"public const string MessageName = {CodeWriter.Literal(message.Name)};");
            writer.Line();
            string names = string.Join(", ", message.Fields.Select(static field => CodeWriter.Literal(field.Name)));
            writer.Line($"private static readonly string[] s_fieldNames = [{names}];");
            foreach (GraphField field in message.Fields.Where(static field => field.Kind == GraphValueKind.Enum))
            {
                string members = string.Join(
                    ", ", field.Members.Select(static m => $"({CodeWriter.Literal(m.Text)}, {m.Number}L)"));
                writer.Line($"private static readonly (string Text, long Number)[] s_{Variable(field)}Members = [{members}];");
            }

            writer.Line();
            writer.Line("/// <summary>Reads the message.</summary>");
            writer.Line("/// <param name=\"message\">The tree.</param>");
            writer.Line("/// <param name=\"place\">Where it begins.</param>");
            writer.Line("/// <param name=\"faults\">Receives every fault.</param>");
            writer.Line("/// <returns>The message; fields with a fault have their defaults.</returns>");
            using (writer.Block(
                $"public static {message.Record} Read({Graphs}ProtoMessage message, {Graphs}ProtoPlace place, {Graphs}GraphFaults faults)"))
            {
                EmitBody(writer, message);
            }
        }

        return writer.ToString();
    }

    private static void EmitBody(CodeWriter writer, GraphMessage message)
    {
        writer.Line($"{message.Record} result = new();");
        foreach (GraphField field in message.Fields)
        {
            switch (field.Form)
            {
                case GraphFieldForm.Many:
                    writer.Line($"{Immutable}<{field.Type}>.Builder? {Variable(field)} = null;");
                    break;
                case GraphFieldForm.Map:
                    writer.Line($"global::System.Collections.Generic.Dictionary<string, {field.Type}>? {Variable(field)} = null;");
                    break;
                default:
                    writer.Line($"var {Variable(field)} = result.{field.Property};");
                    break;
            }

            if (field.IsRequired)
            {
                writer.Line($"bool has{field.Property} = false;");
            }
        }

        using (writer.Block($"foreach ({Graphs}ProtoField field in message.Fields)"))
        using (writer.Block("switch (field.Name)"))
        {
            foreach (GraphField field in message.Fields)
            {
                EmitCase(writer, field);
            }

            writer.Line("default:");
            using (writer.Indent())
            {
                writer.Line("faults.Unknown(field, MessageName, s_fieldNames);");
                writer.Line("break;");
            }
        }

        writer.Line();
        foreach (GraphField field in message.Fields.Where(static field => field.IsRequired))
        {
            using (writer.Block($"if (!has{field.Property})"))
            {
                writer.Line($"faults.Missing(place, MessageName, {CodeWriter.Literal(field.Name)});");
            }

            writer.Line();
        }

        using (writer.Block("return result with", ";"))
        {
            if (message.PlaceProperty is { } placed)
            {
                writer.Line($"{placed} = place,");
            }

            foreach (GraphField field in message.Fields)
            {
                string value = field.Form switch
                {
                    GraphFieldForm.Many => $"{Variable(field)}?.ToImmutable() ?? result.{field.Property}",
                    GraphFieldForm.Map => $"{Variable(field)} ?? result.{field.Property}",
                    _ => Variable(field),
                };
                writer.Line($"{field.Property} = {value},");
            }
        }
    }

    private static void EmitCase(CodeWriter writer, GraphField field)
    {
        writer.Line($"case {CodeWriter.Literal(field.Name)}:");
        using (writer.Indent())
        {
            if (field.IsRequired)
            {
                writer.Line($"has{field.Property} = true;");
            }

            string variable = Variable(field);
            string item = $"item{field.Property}";
            if (field.Form == GraphFieldForm.Map)
            {
                string key = $"key{field.Property}";
                string entry = $"entry{field.Property}";
                string found = $"faults.Entry(field, out string? {key}) is {{ }} {entry}";
                using (writer.Block($"if ({found} && {Value(field, entry)} is {{ }} {item})"))
                {
                    writer.Line($"({variable} ??= new(global::System.StringComparer.Ordinal))[{key}!] = {item};");
                }

                writer.Line();
                writer.Line("break;");
                return;
            }

            using (writer.Block($"if ({Value(field, "field")} is {{ }} {item})"))
            {
                writer.Line(field.Form == GraphFieldForm.Many
                    ? $"({variable} ??= {Immutable}.CreateBuilder<{field.Type}>()).Add({item});"
                    : $"{variable} = {item};");
            }

            writer.Line();
            writer.Line("break;");
        }
    }

    private static string Value(GraphField field, string source) => field.Kind switch
    {
        GraphValueKind.Raw => $"faults.Message({source})",
        GraphValueKind.Message =>
            $"(faults.Message({source}) is {{ }} tree{field.Property} "
            + $"? {field.Type}.Read(tree{field.Property}, {source}.Place, faults) : null)",
        GraphValueKind.Enum => $"({field.Type}?)faults.Member({source}, s_{Variable(field)}Members)",
        _ => $"faults.{Method(field.Type)}({source})",
    };

    private static string Method(string type) => type switch
    {
        "string" => "Text",
        "bool" => "Flag",
        "int" => "Int32",
        "long" => "Int64",
        "ulong" => "UInt64",
        "float" => "Single",
        _ => "Double",
    };

    private static string Variable(GraphField field) => char.ToLowerInvariant(field.Property[0]) + field.Property.Substring(1) + "Value";
}
