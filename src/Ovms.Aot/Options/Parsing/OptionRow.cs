namespace Ovms.Options.Parsing;

/// <summary>One option as data, generated from the property, its attribute and its doc comment.</summary>
internal sealed record OptionRow
{
    /// <summary>The name on the command line, without dashes.</summary>
    public required string Name { get; init; }

    /// <summary>Other names on the command line.</summary>
    public string[] Aliases { get; init; } = [];

    /// <summary>The key in a model's entry of config.json.</summary>
    public required string ConfigName { get; init; }

    /// <summary>The places where it may be given.</summary>
    public required OptionPlace In { get; init; }

    /// <summary>What it takes to apply a new value.</summary>
    public required OptionChange Change { get; init; }

    /// <summary>The kinds of JSON value it may be in config.json.</summary>
    public required OptionJson Json { get; init; }

    /// <summary>Whether an entry of config.json must have it.</summary>
    public bool RequiredInConfig { get; init; }

    /// <summary>string, bool, or the number's type.</summary>
    public required string Type { get; init; }

    /// <summary>Whether the name without a value means true.</summary>
    public bool IsFlag { get; init; }

    /// <summary>The default as written in an option; null if there is none or it is computed.</summary>
    public string? Default { get; init; }

    /// <summary>The default in words, if it is computed.</summary>
    public string? DefaultText { get; init; }

    /// <summary>For a limit: the effect that callers or operators see when it is reached; null for other options.</summary>
    public string? WhenHit { get; init; }

    /// <summary>Smallest number allowed.</summary>
    public long Min { get; init; } = long.MinValue;

    /// <summary>Largest number allowed.</summary>
    public long Max { get; init; } = long.MaxValue;

    /// <summary>The allowed values; empty for any.</summary>
    public string[] Allowed { get; init; } = [];

    /// <summary>The message for a value that is not allowed.</summary>
    public string? Error { get; init; }

    /// <summary>The heading in the help text.</summary>
    public required string Group { get; init; }

    /// <summary>Whether help and documentation omit it.</summary>
    public bool Hidden { get; init; }

    /// <summary>Whether it is rejected on a command line that names a configuration file.</summary>
    public bool NotBesideConfigFile { get; init; }

    /// <summary>With <see cref="NotBesideConfigFile"/>: whether 0 is accepted all the same.</summary>
    public bool ZeroBesideConfigFile { get; init; }

    /// <summary>The option without which a command line must not give this one; null for none.</summary>
    public string? Requires { get; init; }

    /// <summary>Options that it conflicts with.</summary>
    public string[] ConflictsWith { get; init; } = [];

    /// <summary>The placeholder for the value in the help text.</summary>
    public required string Placeholder { get; init; }

    /// <summary>The description in the help text.</summary>
    public required string Help { get; init; }

    /// <summary>Its names on the command line; empty if it is not allowed there.</summary>
    public IEnumerable<string> CommandLineNames => (In & OptionPlace.Cli) != 0 ? Aliases.Prepend(Name) : [];
}
