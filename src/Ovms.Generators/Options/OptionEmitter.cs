using Ovms.Generators.Infrastructure;

namespace Ovms.Generators.Options;

/// <summary>
/// Emits the record's Parse, Read, Rows and Builder. Only what differs between tables is generated: names, types, properties. The loops
/// over arguments and JSON tokens are ordinary code (OptionParser, OptionJsonReader).
/// </summary>
internal static class OptionEmitter
{
    private const string Parsing = "global::Ovms.Options.Parsing.";

    public static string Emit(OptionTable table)
    {
        CodeWriter writer = CodeWriter.ForFile(table.Namespace);
        using (writer.Block($"{table.Accessibility} sealed partial record {table.TypeName}"))
        {
            EmitEntryPoints(writer, table);
            writer.Line();
            OptionRowEmitter.Emit(writer, table);
            writer.Line();
            EmitBuilder(writer, table);
        }

        return writer.ToString();
    }

    private static void EmitEntryPoints(CodeWriter writer, OptionTable table)
    {
        string outcome = $"{Parsing}ParseOutcome<{table.TypeName}>";
        writer.Line("/// <summary>Parses a command line with options of this table only.</summary>");
        writer.Line(CodeWriter.GeneratedCode);
        using (writer.Block($"public static {outcome} Parse(global::System.ReadOnlySpan<string> arguments)"))
        {
            writer.Line("Builder builder = new();");
            writer.Line($"{Parsing}OptionFindings findings = new();");
            writer.Line($"{Parsing}OptionParser.Parse(arguments, [builder], findings);");
            writer.Line("return new(builder.Build(), findings);");
        }

        writer.Line();
        writer.Line("/// <summary>Reads a JSON object with this table's options, at <paramref name=\"path\"/> in its document.</summary>");
        writer.Line(CodeWriter.GeneratedCode);
        using (writer.Block($"public static {outcome} Read(ref global::System.Text.Json.Utf8JsonReader reader, string path = \"$\")"))
        {
            writer.Line("Builder builder = new();");
            writer.Line($"{Parsing}OptionFindings findings = new();");
            writer.Line($"{Parsing}OptionJsonReader.Read(ref reader, path, builder, findings);");
            writer.Line("return new(builder.Build(), findings);");
        }
    }

    private static void EmitBuilder(CodeWriter writer, OptionTable table)
    {
        writer.Line($"/// <summary>Collects values one by one, then builds the <see cref=\"{table.TypeName}\"/>.</summary>");
        writer.Line(CodeWriter.GeneratedCode);
        using (writer.Block($"internal sealed class Builder() : {Parsing}OptionBuilder({table.TypeName}.Rows)"))
        {
            writer.Line($"private static readonly {table.TypeName} s_defaults = new();");
            writer.Line();
            foreach (OptionModel option in table.Options)
            {
                string nullable = option.IsNullable ? "?" : "";
                writer.Line($"private {option.ClrType}{nullable} {Field(option)} = s_defaults.{option.Property};");
            }

            writer.Line();
            EmitIndex(
                writer,
                "public override int IndexOf(global::System.ReadOnlySpan<char> name) => name switch",
                table,
                static o => o.OnCommandLine ? o.Aliases.Prepend(o.Name) : []);
            writer.Line();
            EmitIndex(
                writer,
                "public override int IndexOfKey(string key) => key switch",
                table,
                static o => o.InModelConfig ? [o.ConfigName] : []);
            writer.Line();
            EmitAssign(writer, table);
            writer.Line();
            using (writer.Block($"public {table.TypeName} Build() => new()", ";"))
            {
                foreach (OptionModel option in table.Options)
                {
                    writer.Line($"{option.Property} = {Field(option)},");
                }
            }
        }
    }

    private static void EmitIndex(CodeWriter writer, string header, OptionTable table, Func<OptionModel, IEnumerable<string>> names)
    {
        using (writer.Block(header, ";"))
        {
            for (int i = 0; i < table.Options.Count; i++)
            {
                foreach (string name in names(table.Options[i]))
                {
                    writer.Line($"{CodeWriter.Literal(name)} => {i},");
                }
            }

            writer.Line("_ => -1,");
        }
    }

    private static void EmitAssign(CodeWriter writer, OptionTable table)
    {
        string parameters = $"int index, {Parsing}OptionRow row, string text, string where";
        using (writer.Block($"protected override {Parsing}OptionError? Assign({parameters})"))
        using (writer.Block("switch (index)"))
        {
            for (int i = 0; i < table.Options.Count; i++)
            {
                writer.Line($"case {i}:");
                using (writer.Indent())
                {
                    EmitAssignment(writer, table.Options[i], i);
                }
            }

            writer.Line("default:");
            using (writer.Indent())
            {
                writer.Line("throw new global::System.ArgumentOutOfRangeException(nameof(index));");
            }
        }
    }

    private static void EmitAssignment(CodeWriter writer, OptionModel option, int index)
    {
        if (option.Kind == OptionKind.Choice)
        {
            string members = string.Join(", ", option.Members.Select(member => $"{option.ClrType}.{member}"));
            writer.Line($"return {Parsing}OptionValue.Choice(row, text, where, [{members}], ref {Field(option)});");
            return;
        }

        if (option.Kind != OptionKind.Self)
        {
            string method = option.Kind switch { OptionKind.Text => "Text", OptionKind.Flag => "Flag", _ => "Number" };
            writer.Line($"return {Parsing}OptionValue.{method}(row, text, where, ref {Field(option)});");
            return;
        }

        using (writer.Block($"if ({option.ClrType}.TryParse(text, out {option.ClrType} value{index}, out string? why{index}))"))
        {
            writer.Line($"{Field(option)} = value{index};");
            writer.Line("return null;");
        }

        writer.Line();
        writer.Line($"return {Parsing}OptionError.Refused(row, where, why{index} ?? $\"'{{text}}' is not a valid value\");");
    }

    private static string Field(OptionModel option) => "_" + char.ToLowerInvariant(option.Property[0]) + option.Property.Substring(1);
}
