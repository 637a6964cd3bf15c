namespace Ovms.Options;

/// <summary>Marks a partial record whose properties are options; the parser, binder, help, schema and rows are generated into it.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class OptionTableAttribute : Attribute
{
    /// <summary>The heading over the options in help and documentation, unless one names its own group.</summary>
    public string Section { get; init; } = "";
}

/// <summary>
/// One row of an option table. The property's doc comment is the help, its initializer the default: a constant, or
/// <c>Type.Method("text")</c> for a type that parses itself.
/// </summary>
/// <param name="name">The name on the command line, without dashes.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OptionAttribute(string name) : Attribute
{
    /// <summary>The name on the command line.</summary>
    public string Name { get; } = name;

    /// <summary>Other names it goes by on the command line.</summary>
    public string[] Aliases { get; init; } = [];

    /// <summary>The key in a model's entry of config.json, when it is not <see cref="Name"/>.</summary>
    public string? ConfigName { get; init; }

    /// <summary>Where it may be given.</summary>
    public OptionPlace In { get; init; } = OptionPlace.Cli;

    /// <summary>What a new value takes.</summary>
    public OptionChange Change { get; init; } = OptionChange.Restart;

    /// <summary>The JSON it may be in config.json; by default what fits the property's type.</summary>
    public OptionJson Json { get; init; }

    /// <summary>Whether an entry of config.json without it is refused.</summary>
    public bool RequiredInConfig { get; init; }

    /// <summary>What stands for the value in help.</summary>
    public string? Placeholder { get; init; }

    /// <summary>The heading it stands under, when not the table's section.</summary>
    public string? Group { get; init; }

    /// <summary>Whether help and documentation leave it out.</summary>
    public bool Hidden { get; init; }

    /// <summary>Whether a command line that names a configuration file may not give it.</summary>
    public bool NotBesideConfigFile { get; init; }

    /// <summary>Names of options of the same table that cannot be given together with it.</summary>
    public string[] ConflictsWith { get; init; } = [];

    /// <summary>The values it may have; empty for any.</summary>
    public string[] Allowed { get; init; } = [];

    /// <summary>Lowest number; <see cref="long.MinValue"/> for what the type allows.</summary>
    public long Min { get; init; } = long.MinValue;

    /// <summary>Highest number; <see cref="long.MaxValue"/> for what the type allows.</summary>
    public long Max { get; init; } = long.MaxValue;

    /// <summary>The sentence for a value that is out of bounds, not allowed or refused by its type; one is made when this is null.</summary>
    public string? Error { get; init; }

    /// <summary>Describes the default in words where it is computed (the property is null until then).</summary>
    public string? DefaultText { get; init; }

    /// <summary>For a limit: what the caller or the operator sees when it is reached. docs/security.md lists every row that has it.</summary>
    public string? WhenHit { get; init; }
}

/// <summary>Where an option may be given.</summary>
[Flags]
internal enum OptionPlace
{
    /// <summary>On the command line.</summary>
    Cli = 1,

    /// <summary>In a model's entry of config.json.</summary>
    ModelConfig = 2,
}

/// <summary>What a new value of an option takes.</summary>
internal enum OptionChange
{
    /// <summary>Read once at start.</summary>
    Restart,

    /// <summary>The model is loaded again.</summary>
    ReloadsModel,

    /// <summary>Versions of the model are loaded and unloaded; those that stay are left as they are.</summary>
    ChoosesVersions,

    /// <summary>What is loaded stays; loads that begin afterwards go by the new value.</summary>
    NextLoad,
}

/// <summary>Kinds of JSON value. What is no string reaches the option as its JSON text, which is what the command line takes.</summary>
[Flags]
internal enum OptionJson
{
    /// <summary>What fits the property's type.</summary>
    ByType = 0,

    /// <summary>A string.</summary>
    String = 1,

    /// <summary>A number.</summary>
    Number = 2,

    /// <summary>true or false.</summary>
    Boolean = 4,

    /// <summary>An object.</summary>
    Object = 8,

    /// <summary>An array.</summary>
    Array = 16,
}
