using System.Text;
using Ovms.Generators.Infrastructure;
using Ovms.Options;

namespace Ovms.Generators.Options;

/// <summary>Emits SchemaJson: the JSON schema of an object with this table's options, as Read accepts it.</summary>
internal static class SchemaEmitter
{
    public static string Emit(OptionTable table)
    {
        CodeWriter writer = CodeWriter.ForFile(table.Namespace);
        using (writer.Block($"{table.Accessibility} sealed partial record {table.TypeName}"))
        {
            writer.Line("/// <summary>The JSON schema (UTF-8) of an object with this table's options.</summary>");
            writer.Line(CodeWriter.GeneratedCode);
            writer.Line($"public static global::System.ReadOnlySpan<byte> SchemaJson => {CodeWriter.Literal(Schema(table))}u8;");
        }

        return writer.ToString();
    }

    private static string Schema(OptionTable table)
    {
        OptionModel[] options = table.Options.Where(static o => o.InModelConfig).ToArray();
        StringBuilder json = new("{\"type\":\"object\",\"additionalProperties\":false");
        OptionModel[] required = options.Where(static o => o.RequiredInConfig).ToArray();
        if (required.Length > 0)
        {
            json.Append(",\"required\":[").Append(string.Join(",", required.Select(static o => Quote(o.ConfigName)))).Append(']');
        }

        string properties = string.Join(",", options.Select(static o => $"{Quote(o.ConfigName)}:{Property(o)}"));
        json.Append(",\"properties\":{").Append(properties).Append("}}");
        return json.ToString();
    }

    private static string Property(OptionModel option)
    {
        string[] types = TypesOf(option).ToArray();
        StringBuilder json = new("{\"description\":");
        string type = types.Length == 1 ? Quote(types[0]) : $"[{string.Join(",", types.Select(Quote))}]";
        json.Append(Quote(option.Help)).Append(",\"type\":").Append(type);
        if (option.Allowed.Count > 0)
        {
            json.Append(",\"enum\":[").Append(string.Join(",", option.Allowed.Select(Quote))).Append(']');
        }

        if (option.IsNumber && option.Min != long.MinValue)
        {
            json.Append(",\"minimum\":").Append(option.Min);
        }

        if (option.IsNumber && option.Max != long.MaxValue)
        {
            json.Append(",\"maximum\":").Append(option.Max);
        }

        if (!string.IsNullOrEmpty(option.Default))
        {
            bool isBare = option.IsNumber || option.Kind == OptionKind.Flag;
            json.Append(",\"default\":").Append(isBare ? option.Default : Quote(option.Default!));
        }

        return json.Append('}').ToString();
    }

    private static IEnumerable<string> TypesOf(OptionModel option)
    {
        if ((option.Json & OptionJson.String) != 0)
        {
            yield return "string";
        }

        if ((option.Json & OptionJson.Number) != 0)
        {
            yield return option.Kind == OptionKind.Double || !option.IsNumber ? "number" : "integer";
        }

        if ((option.Json & OptionJson.Boolean) != 0)
        {
            yield return "boolean";
        }

        if ((option.Json & OptionJson.Object) != 0)
        {
            yield return "object";
        }

        if ((option.Json & OptionJson.Array) != 0)
        {
            yield return "array";
        }
    }

    private static string Quote(string text)
    {
        StringBuilder json = new("\"");
        foreach (char c in text)
        {
            json.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                < ' ' => $"\\u{(int)c:x4}",
                _ => c.ToString(),
            });
        }

        return json.Append('"').ToString();
    }
}
