namespace Ovms.Options.Parsing;

/// <summary>
/// Collects the values of one table. The generated half knows names, types and properties; this half what is the same
/// for all: which options were given, and that two of them may exclude each other.
/// </summary>
internal abstract class OptionBuilder(OptionRow[] rows)
{
    private readonly bool[] _isGiven = new bool[rows.Length];
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

    /// <summary>The table.</summary>
    public OptionRow[] Rows { get; } = rows;

    /// <summary>The row of a name or alias on the command line, or -1.</summary>
    public abstract int IndexOf(ReadOnlySpan<char> name);

    /// <summary>The row of a key in config.json, or -1.</summary>
    public abstract int IndexOfKey(string key);

    /// <summary>Whether a value was given for the row, right or wrong.</summary>
    public bool IsGiven(int index) => _isGiven[index];

    /// <summary>The options that were given: their names with the values as they were written.</summary>
    public IReadOnlyDictionary<string, string> Given => _texts;

    /// <summary>Notes that there was a value, of which nothing can be taken.</summary>
    public void SetNothing(int index) => _isGiven[index] = true;

    /// <summary>Takes a value; <paramref name="where"/> is the option's name or its JSON path.</summary>
    public OptionError? Set(int index, string text, string where)
    {
        _isGiven[index] = true;
        _texts[Rows[index].Name] = text;
        return Assign(index, Rows[index], text, where);
    }

    /// <summary>Reports options that were given together and cannot be.</summary>
    public void CheckConflicts(OptionFindings findings)
    {
        for (int i = 0; i < Rows.Length; i++)
        {
            foreach (string other in IsGiven(i) ? Rows[i].ConflictsWith : [])
            {
                int index = Array.FindIndex(Rows, row => row.CommandLineNames.Contains(other) || row.Name == other);
                bool isSaidByOther = index < i && Rows[index].ConflictsWith.Contains(Rows[i].Name);
                if (IsGiven(index) && !isSaidByOther)
                {
                    string text = $"{Rows[i].Name} and {Rows[index].Name} cannot be used together";
                    findings.Add(new OptionError(OptionErrorKind.Refused, text));
                }
            }
        }
    }

    /// <summary>Parses the text and stores the value; a value that is merely out of bounds is stored too.</summary>
    protected abstract OptionError? Assign(int index, OptionRow row, string text, string where);
}
