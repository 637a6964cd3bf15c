namespace Ovms.Options.Parsing;

/// <summary>
/// Collects the values of one table. The generated subclass knows names, types and properties. This class does what is common: it records
/// which options were given and checks conflicts between them.
/// </summary>
internal abstract class OptionBuilder(OptionRow[] rows)
{
    private readonly bool[] _isGiven = new bool[rows.Length];
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

    /// <summary>The table.</summary>
    public OptionRow[] Rows { get; } = rows;

    /// <summary>The row of a command-line name or alias; -1 if there is none.</summary>
    public abstract int IndexOf(ReadOnlySpan<char> name);

    /// <summary>The row of a key in config.json; -1 if there is none.</summary>
    public abstract int IndexOfKey(string key);

    /// <summary>Whether a value was given for the row, valid or not.</summary>
    public bool IsGiven(int index) => _isGiven[index];

    /// <summary>The given options: names, with values as written.</summary>
    public IReadOnlyDictionary<string, string> Given => _texts;

    /// <summary>Records that a value was given but could not be read.</summary>
    public void SetNothing(int index) => _isGiven[index] = true;

    /// <summary>Sets a value; <paramref name="where"/> is the option's name or its JSON path.</summary>
    public OptionError? Set(int index, string text, string where)
    {
        _isGiven[index] = true;
        _texts[Rows[index].Name] = text;
        return Assign(index, Rows[index], text, where);
    }

    /// <summary>Reports conflicting options that were given together.</summary>
    public void CheckConflicts(OptionFindings findings)
    {
        for (int i = 0; i < Rows.Length; i++)
        {
            foreach (string other in IsGiven(i) ? Rows[i].ConflictsWith : [])
            {
                int index = Array.FindIndex(Rows, row => row.CommandLineNames.Contains(other) || row.Name == other);
                bool isReportedByOther = index < i && Rows[index].ConflictsWith.Contains(Rows[i].Name);
                if (IsGiven(index) && !isReportedByOther)
                {
                    string text = $"{Rows[i].Name} and {Rows[index].Name} cannot be used together";
                    findings.Add(new OptionError(OptionErrorKind.Refused, text));
                }
            }
        }
    }

    /// <summary>Parses the text and stores the value, also one that is out of range.</summary>
    protected abstract OptionError? Assign(int index, OptionRow row, string text, string where);
}
