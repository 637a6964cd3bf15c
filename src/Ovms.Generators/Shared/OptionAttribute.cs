namespace Ovms.Options;

/// <summary>Marks a partial record whose properties are options. Parser, binder, help, schema and rows are generated into it.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class OptionTableAttribute : Attribute
{
    /// <summary>Heading of the options in help and documentation, for options without their own group.</summary>
    public string Section { get; init; } = "";
}

/// <summary>
/// One row of an option table. The property's doc comment is the help text, its initializer the default: a constant, or
/// <c>Type.Method("text")</c> for a type that parses itself.
/// </summary>
/// <param name="name">The name on the command line, without dashes.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OptionAttribute(string name) : Attribute
{
    /// <summary>The name on the command line.</summary>
    public string Name { get; } = name;

    /// <summary>Other names on the command line.</summary>
    public string[] Aliases { get; init; } = [];

    /// <summary>The key in a model's entry of config.json; null if it equals <see cref="Name"/>.</summary>
    public string? ConfigName { get; init; }

    /// <summary>Where the option may be given.</summary>
    public OptionPlace In { get; init; } = OptionPlace.Cli;

    /// <summary>How a new value takes effect.</summary>
    public OptionChange Change { get; init; } = OptionChange.Restart;

    /// <summary>JSON types allowed in config.json; by default those that fit the property's type.</summary>
    public OptionJson Json { get; init; }

    /// <summary>Whether an entry of config.json without this option is rejected.</summary>
    public bool RequiredInConfig { get; init; }

    /// <summary>Placeholder of the value in help.</summary>
    public string? Placeholder { get; init; }

    /// <summary>The heading, if it is not the table's section.</summary>
    public string? Group { get; init; }

    /// <summary>Whether help and documentation omit it.</summary>
    public bool Hidden { get; init; }

    /// <summary>Whether it is rejected on a command line that names a configuration file.</summary>
    public bool NotBesideConfigFile { get; init; }

    /// <summary>With <see cref="NotBesideConfigFile"/>: whether 0 is accepted all the same.</summary>
    public bool ZeroBesideConfigFile { get; init; }

    /// <summary>An option of the same table without which a command line must not give this one; null for none.</summary>
    public string? Requires { get; init; }

    /// <summary>Names of options of the same table that exclude this one.</summary>
    public string[] ConflictsWith { get; init; } = [];

    /// <summary>Allowed values; empty for any.</summary>
    public string[] Allowed { get; init; } = [];

    /// <summary>Lowest number; <see cref="long.MinValue"/> for the type's own bound.</summary>
    public long Min { get; init; } = long.MinValue;

    /// <summary>Highest number; <see cref="long.MaxValue"/> for the type's own bound.</summary>
    public long Max { get; init; } = long.MaxValue;

    /// <summary>Message for a value that is out of bounds, not allowed or rejected by its type; null for a generated message.</summary>
    public string? Error { get; init; }

    /// <summary>Describes a computed default in words; the property is null until it is computed.</summary>
    public string? DefaultText { get; init; }

    /// <summary>For a limit: what callers or the operator see when it is reached. docs/security.md lists these rows.</summary>
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

/// <summary>How a new value of an option takes effect.</summary>
internal enum OptionChange
{
    /// <summary>The option is read once at startup.</summary>
    Restart,

    /// <summary>The model is reloaded.</summary>
    ReloadsModel,

    /// <summary>Versions of the model are loaded and unloaded; the remaining ones are not changed.</summary>
    ChoosesVersions,

    /// <summary>Loaded models are not changed; later loads use the new value.</summary>
    NextLoad,
}

/// <summary>Types of a JSON value. Other values than strings are passed on as their JSON text, as on the command line.</summary>
[Flags]
internal enum OptionJson
{
    /// <summary>The type that fits the property.</summary>
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
