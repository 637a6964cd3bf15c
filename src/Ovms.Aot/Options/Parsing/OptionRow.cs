namespace Ovms.Options.Parsing;

/// <summary>One option as data: what the generator read from the property, its attribute and its doc comment.</summary>
internal sealed record OptionRow
{
    /// <summary>The name on the command line, without dashes.</summary>
    public required string Name { get; init; }

    /// <summary>Other names on the command line.</summary>
    public string[] Aliases { get; init; } = [];

    /// <summary>The key in a model's entry of config.json.</summary>
    public required string ConfigName { get; init; }

    /// <summary>Where it may be given.</summary>
    public required OptionPlace In { get; init; }

    /// <summary>What a new value takes.</summary>
    public required OptionChange Change { get; init; }

    /// <summary>The kinds of JSON value it may be in config.json.</summary>
    public required OptionJson Json { get; init; }

    /// <summary>Whether an entry of config.json without it is refused.</summary>
    public bool RequiredInConfig { get; init; }

    /// <summary>string, bool, or the number's type.</summary>
    public required string Type { get; init; }

    /// <summary>Whether its mere name means true.</summary>
    public bool IsFlag { get; init; }

    /// <summary>The default as one would write it; null when there is none or it is computed.</summary>
    public string? Default { get; init; }

    /// <summary>The default in words where it is computed.</summary>
    public string? DefaultText { get; init; }

    /// <summary>For a limit: what the caller or the operator sees when it is reached; null for other options.</summary>
    public string? WhenHit { get; init; }

    /// <summary>Lowest number.</summary>
    public long Min { get; init; } = long.MinValue;

    /// <summary>Highest number.</summary>
    public long Max { get; init; } = long.MaxValue;

    /// <summary>The values it may have; empty for any.</summary>
    public string[] Allowed { get; init; } = [];

    /// <summary>The sentence for a value that is refused.</summary>
    public string? Error { get; init; }

    /// <summary>The heading it stands under.</summary>
    public required string Group { get; init; }

    /// <summary>Whether help and documentation leave it out.</summary>
    public bool Hidden { get; init; }

    /// <summary>Whether a command line that names a configuration file may not give it.</summary>
    public bool NotBesideConfigFile { get; init; }

    /// <summary>Options it cannot be given together with.</summary>
    public string[] ConflictsWith { get; init; } = [];

    /// <summary>What stands for the value in help.</summary>
    public required string Placeholder { get; init; }

    /// <summary>What it is for.</summary>
    public required string Help { get; init; }

    /// <summary>Every name it goes by on the command line; none when it may not stand there.</summary>
    public IEnumerable<string> CommandLineNames => (In & OptionPlace.Cli) != 0 ? Aliases.Prepend(Name) : [];
}
