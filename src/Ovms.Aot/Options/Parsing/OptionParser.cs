namespace Ovms.Options.Parsing;

/// <summary>
/// Parses a command line into option tables: <c>--name value</c>, <c>--name=value</c>, <c>--flag</c>, <c>--flag=false</c>. As in the
/// original, a flag never consumes the next argument, the last value of a repeated option applies, and unknown arguments are collected.
/// </summary>
internal static class OptionParser
{
    /// <summary>Sets the builders' values and reports all errors.</summary>
    public static void Parse(ReadOnlySpan<string> arguments, ReadOnlySpan<OptionBuilder> tables, OptionFindings findings)
    {
        for (int i = 0; i < arguments.Length; i++)
        {
            string argument = arguments[i];
            OptionBuilder? table = Find(argument, tables, out int index, out string? value);
            if (table is null)
            {
                findings.Add(OptionError.Unmatched(argument, Nearest(argument, tables)));
                continue;
            }

            OptionRow row = table.Rows[index];
            if (value is null && row.IsFlag)
            {
                value = "true";
            }
            else if (value is null)
            {
                // A value may start with a dash (--batch_size -1); a following option name shows that the value is missing.
                if (i + 1 == arguments.Length || Find(arguments[i + 1], tables, out _, out _) is not null)
                {
                    findings.Add(OptionError.Malformed(row.Name, $"a value is missing: --{row.Name} {row.Placeholder}"));
                    continue;
                }

                value = arguments[++i];
            }

            if (table.IsGiven(index))
            {
                findings.Warn($"--{row.Name} is given more than once: the last value, {value}, is used");
            }

            findings.Add(table.Set(index, value, row.Name));
        }

        foreach (OptionBuilder table in tables)
        {
            table.CheckConflicts(findings);
        }
    }

    /// <summary>The table of an argument that is an option's name; null if it is none.</summary>
    /// <param name="argument">The argument.</param>
    /// <param name="tables">The tables to look in.</param>
    /// <param name="index">Its row in the table.</param>
    /// <param name="value">The value after its equals sign; null if it has none.</param>
    public static OptionBuilder? Find(string argument, ReadOnlySpan<OptionBuilder> tables, out int index, out string? value)
    {
        index = -1;
        value = null;
        int dashes = argument.StartsWith("--", StringComparison.Ordinal) ? 2 : argument.StartsWith('-') ? 1 : 0;
        if (dashes == 0)
        {
            return null;
        }

        int equals = argument.IndexOf('=');
        ReadOnlySpan<char> name = equals < 0 ? argument.AsSpan(dashes) : argument.AsSpan(dashes, equals - dashes);
        if ((dashes == 1) != (name.Length == 1))
        {
            return null;
        }

        foreach (OptionBuilder table in tables)
        {
            index = table.IndexOf(name);
            if (index >= 0)
            {
                value = equals < 0 ? null : argument[(equals + 1)..];
                return table;
            }
        }

        return null;
    }

    // Only an argument that starts with a dash gets a suggestion; a stray value would match by accident.
    private static string? Nearest(string argument, ReadOnlySpan<OptionBuilder> tables)
    {
        if (!argument.StartsWith('-'))
        {
            return null;
        }

        List<string> names = [];
        foreach (OptionBuilder table in tables)
        {
            names.AddRange(table.Rows.Where(static row => !row.Hidden)
                .SelectMany(static row => row.CommandLineNames).Where(static name => name.Length > 1));
        }

        // Dashes instead of underscores are the most common mistake.
        string word = argument.Split('=')[0].TrimStart('-').Replace('-', '_');
        return NearestName.Of(word, names) is string nearest ? "--" + nearest : null;
    }
}
