using Ovms.Generators.Infrastructure;
using Ovms.Options;

namespace Ovms.Generators.Options;

/// <summary>The option record, as input of the emitters.</summary>
internal sealed record OptionTable(string? Namespace, string Accessibility, string TypeName, EquatableArray<OptionModel> Options);

/// <summary>One option: the values of its attribute, property and doc comment.</summary>
internal sealed record OptionModel
{
    public required string Property { get; init; }

    /// <summary>The type in C# syntax, without the nullable mark.</summary>
    public required string ClrType { get; init; }

    public required OptionKind Kind { get; init; }

    public required bool IsNullable { get; init; }

    public required string Name { get; init; }

    public required EquatableArray<string> Aliases { get; init; }

    public required string ConfigName { get; init; }

    public required OptionPlace In { get; init; }

    public required OptionChange Change { get; init; }

    public required OptionJson Json { get; init; }

    public required bool RequiredInConfig { get; init; }

    public required string Placeholder { get; init; }

    public required string Group { get; init; }

    public required bool Hidden { get; init; }

    public required bool NotBesideConfigFile { get; init; }

    public required bool ZeroBesideConfigFile { get; init; }

    public required string? Requires { get; init; }

    public required EquatableArray<string> ConflictsWith { get; init; }

    public required EquatableArray<string> Allowed { get; init; }

    /// <summary>For an enum: its members, each at the index of its text in <see cref="Allowed"/>.</summary>
    public required EquatableArray<string> Members { get; init; }

    public required long Min { get; init; }

    public required long Max { get; init; }

    public required string? Error { get; init; }

    /// <summary>The default as it would be written on the command line; null if there is none.</summary>
    public required string? Default { get; init; }

    public required string? DefaultText { get; init; }

    /// <summary>The effect of reaching the limit; null if the option is not a limit.</summary>
    public required string? WhenHit { get; init; }

    public required string Help { get; init; }

    public bool OnCommandLine => (In & OptionPlace.Cli) != 0;

    public bool InModelConfig => (In & OptionPlace.ModelConfig) != 0;

    public bool IsNumber => Kind is not (OptionKind.Text or OptionKind.Flag or OptionKind.Self or OptionKind.Choice);
}

/// <summary>How an option's text is converted to its value.</summary>
internal enum OptionKind
{
    /// <summary>The text is the value.</summary>
    Text,

    /// <summary>A bool; the name alone means true.</summary>
    Flag,

    Int32,
    UInt32,
    Int64,
    UInt64,
    Double,

    /// <summary>The type has a TryParse method.</summary>
    Self,

    /// <summary>A member of an enum.</summary>
    Choice,
}
