using Ovms.Generators.Infrastructure;

namespace Ovms.Generators.Options;

/// <summary>Emits the table as data, for help, documentation and tests.</summary>
internal static class OptionRowEmitter
{
    private const string Row = "global::Ovms.Options.Parsing.OptionRow";

    public static void Emit(CodeWriter writer, OptionTable table)
    {
        writer.Line("/// <summary>The table itself, in the order of the properties.</summary>");
        writer.Line(CodeWriter.GeneratedCode);
        using (writer.Block($"public static {Row}[] Rows {{ get; }} = new {Row}[]", ";"))
        {
            foreach (OptionModel option in table.Options)
            {
                using (writer.Block("new()", ","))
                {
                    EmitRow(writer, option);
                }
            }
        }
    }

    private static void EmitRow(CodeWriter writer, OptionModel option)
    {
        writer.Line($"Name = {CodeWriter.Literal(option.Name)},");
        WriteList(writer, "Aliases", option.Aliases);
        writer.Line($"ConfigName = {CodeWriter.Literal(option.ConfigName)},");
        writer.Line($"In = {Flags("global::Ovms.Options.OptionPlace", option.In)},");
        writer.Line($"Change = global::Ovms.Options.OptionChange.{option.Change},");
        writer.Line($"Json = {Flags("global::Ovms.Options.OptionJson", option.Json)},");
        WriteFlag(writer, "RequiredInConfig", option.RequiredInConfig);
        writer.Line($"Type = {CodeWriter.Literal(TypeName(option))},");
        WriteFlag(writer, "IsFlag", option.Kind == OptionKind.Flag);
        WriteText(writer, "Default", option.Default);
        WriteText(writer, "DefaultText", option.DefaultText);
        WriteText(writer, "WhenHit", option.WhenHit);
        if (option.IsNumber)
        {
            writer.Line($"Min = {Bound(option.Min)},");
            writer.Line($"Max = {Bound(option.Max)},");
        }

        WriteList(writer, "Allowed", option.Allowed);
        WriteText(writer, "Error", option.Error);
        writer.Line($"Group = {CodeWriter.Literal(option.Group)},");
        WriteFlag(writer, "Hidden", option.Hidden);
        WriteFlag(writer, "NotBesideConfigFile", option.NotBesideConfigFile);
        WriteFlag(writer, "ZeroBesideConfigFile", option.ZeroBesideConfigFile);
        WriteText(writer, "Requires", option.Requires);
        WriteList(writer, "ConflictsWith", option.ConflictsWith);
        writer.Line($"Placeholder = {CodeWriter.Literal(option.Placeholder)},");
        writer.Line($"Help = {CodeWriter.Literal(option.Help)},");
    }

    private static string TypeName(OptionModel option) => option.Kind switch
    {
        OptionKind.Text or OptionKind.Self or OptionKind.Choice => "string",
        OptionKind.Flag => "bool",
        _ => option.Kind.ToString().ToLowerInvariant(),
    };

    private static string Flags<T>(string type, T value)
        where T : Enum => string.Join(" | ", value.ToString().Split([", "], StringSplitOptions.None).Select(name => $"{type}.{name}"));

    private static string Bound(long value) =>
        value == long.MinValue ? "long.MinValue" : value == long.MaxValue ? "long.MaxValue" : value + "L";

    private static void WriteText(CodeWriter writer, string property, string? value)
    {
        if (value is not null)
        {
            writer.Line($"{property} = {CodeWriter.Literal(value)},");
        }
    }

    private static void WriteFlag(CodeWriter writer, string property, bool value)
    {
        if (value)
        {
            writer.Line($"{property} = true,");
        }
    }

    private static void WriteList(CodeWriter writer, string property, EquatableArray<string> values)
    {
        if (values.Count > 0)
        {
            writer.Line($"{property} = [{string.Join(", ", values.Select(static v => CodeWriter.Literal(v)))}],");
        }
    }
}
