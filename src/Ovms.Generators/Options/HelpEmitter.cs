using Ovms.Generators.Infrastructure;

namespace Ovms.Generators.Options;

/// <summary>Emits HelpText: two columns, one heading for each group, in the order of the properties.</summary>
internal static class HelpEmitter
{
    private const int TextColumn = 44;
    private const int Width = 110;

    public static string Emit(OptionTable table)
    {
        CodeWriter writer = CodeWriter.ForFile(table.Namespace);
        using (writer.Block($"{table.Accessibility} sealed partial record {table.TypeName}"))
        {
            writer.Line("/// <summary>The section of --help for this table.</summary>");
            writer.Line(CodeWriter.GeneratedCode);
            writer.Line("public const string HelpText =");
            using (writer.Indent())
            {
                string[] lines = HelpLines(table).ToArray();
                if (lines.Length == 0)
                {
                    writer.Line("\"\";");
                }

                for (int i = 0; i < lines.Length; i++)
                {
                    writer.Line(CodeWriter.Literal(lines[i] + "\n") + (i < lines.Length - 1 ? " +" : ";"));
                }
            }
        }

        return writer.ToString();
    }

    private static IEnumerable<string> HelpLines(OptionTable table)
    {
        IEnumerable<OptionModel> shown = table.Options.Where(static o => o.OnCommandLine && !o.Hidden);
        foreach (IGrouping<string, OptionModel> group in shown.GroupBy(static o => o.Group))
        {
            yield return $"{group.Key}:";
            foreach (OptionModel option in group)
            {
                string names = string.Join(", ", option.Aliases.Select(Dashed).Append(Dashed(option.Name)));
                string left = "  " + names + (option.Kind == OptionKind.Flag ? "" : " " + option.Placeholder);
                if (left.Length > TextColumn - 2)
                {
                    yield return left;
                    left = "";
                }

                foreach (string line in Wrap(Describe(option), Width - TextColumn))
                {
                    yield return left.PadRight(TextColumn) + line;
                    left = "";
                }
            }

            yield return "";
        }
    }

    private static string Dashed(string name) => (name.Length == 1 ? "-" : "--") + name;

    private static string Describe(OptionModel option)
    {
        string text = option.Help;
        if (option.Allowed.Count > 0)
        {
            text += $" One of {string.Join(", ", option.Allowed)}.";
        }

        string? value = option.DefaultText ?? option.Default;
        bool isWorthSaying = !string.IsNullOrEmpty(value) && !(option.Kind == OptionKind.Flag && value == "false");
        return isWorthSaying ? $"{text} (default: {value})" : text;
    }

    private static IEnumerable<string> Wrap(string text, int width)
    {
        string line = "";
        foreach (string word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = word;
            }
            else
            {
                line = line.Length == 0 ? word : $"{line} {word}";
            }
        }

        yield return line;
    }
}
