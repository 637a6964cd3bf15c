using Microsoft.CodeAnalysis;

namespace Ovms.Generators.Infrastructure;

/// <summary>All diagnostics of the generators. A released id keeps its meaning (AnalyzerReleases.*.md).</summary>
internal static class Diagnostics
{
    private const string OptionsCategory = "Ovms.Options";
    private const string StatusCategory = "Ovms.Status";
    private const string TensorsCategory = "Ovms.Tensors";
    private const string GraphsCategory = "Ovms.Graphs";

    public static readonly DiagnosticDescriptor DuplicateOptionName = new(
        "OVMS001",
        "Option name is used twice",
        "The option name '{0}' of {1} is already taken by {2}",
        OptionsCategory,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor MissingSummary = new(
        "OVMS002",
        "Option has no summary",
        "Option '{0}' has no <summary>: it is the option's help text",
        OptionsCategory,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor TypeCannotParse = new(
        "OVMS003",
        "Option type cannot be parsed",
        "Option '{0}' is of type '{1}', which is none of string, bool, int, uint, long, ulong, double and has no 'static bool "
        + "TryParse(ReadOnlySpan<char>, out {1}, out string? why)'",
        OptionsCategory,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor DefaultOutOfRange = new(
        "OVMS004",
        "Option default is not allowed",
        "The default {0} of option '{1}' is not one of its own allowed values: {2}",
        OptionsCategory,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor UnknownOption = new(
        "OVMS005",
        "Option conflicts with, or requires, an unknown option",
        "Option '{0}' {1} '{2}', which {3}",
        OptionsCategory,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor AllowedAreNotTheMembers = new(
        "OVMS006",
        "Option's allowed values are not the members of its enum",
        "Option '{0}' is of type '{1}': Allowed, where it is given, spells all its members in their order: {2}",
        OptionsCategory,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor MissingStatus = new(
        "OVMS010",
        "Status code has no row",
        "Member '{0}' of the status table '{1}' has no [Status] attribute: its message, gRPC code and HTTP status are unknown",
        StatusCategory,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor InvalidStatus = new(
        "OVMS011",
        "Status row is invalid",
        "The [Status] of member '{0}' {1}",
        StatusCategory,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor MissingElementType = new(
        "OVMS020",
        "Element type has no row",
        "Member '{0}' of the table of element types has no [ElementType] attribute: its names and its size are unknown",
        TensorsCategory,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor InvalidElementType = new(
        "OVMS021",
        "Element type row is invalid",
        "The [ElementType] of member '{0}' {1}",
        TensorsCategory,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor UnreadableIr = new(
        "OVMS022",
        "IR cannot be read",
        "The IR {0} cannot be read: {1}",
        TensorsCategory,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor UnknownIrType = new(
        "OVMS023",
        "Element type of an IR is unknown",
        "The port of layer '{0}' has the element type '{1}', which is not in the table of element types",
        TensorsCategory,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor InvalidIrShape = new(
        "OVMS024",
        "Shape of an IR cannot be used",
        "The port of layer '{0}' has the shape '{1}'; dimensions such as 3, ? and 1..512 are expected, and not more than 2 GiB in all",
        TensorsCategory,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor InvalidModelClass = new(
        "OVMS025",
        "OvmsModel is not a class name",
        "The OvmsModel '{0}' of {1} cannot be the name of a class",
        TensorsCategory,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor DuplicateModelClass = new(
        "OVMS026",
        "OvmsModel is used twice",
        "The OvmsModel '{0}' is given to more than one file; each needs a name of its own",
        TensorsCategory,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor InvalidGraphField = new(
        "OVMS030",
        "Field of a graph's message is invalid",
        "Field '{0}' {1}",
        GraphsCategory,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true);
}
