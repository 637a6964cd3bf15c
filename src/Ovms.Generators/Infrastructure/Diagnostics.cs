using Microsoft.CodeAnalysis;

namespace Ovms.Generators.Infrastructure;

/// <summary>Every diagnostic of the generators. An id, once released, keeps its meaning (AnalyzerReleases.*.md).</summary>
internal static class Diagnostics
{
    private const string OptionsCategory = "Ovms.Options";
    private const string StatusCategory = "Ovms.Status";
    private const string TensorsCategory = "Ovms.Tensors";

    public static readonly DiagnosticDescriptor DuplicateOptionName = new(
        "OVMS001", "Option name is used twice", "The option name '{0}' of {1} is already taken by {2}", OptionsCategory, DiagnosticSeverity.Error, isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor MissingSummary = new(
        "OVMS002", "Option has no summary", "Option '{0}' has no <summary>: it is the option's help text", OptionsCategory, DiagnosticSeverity.Error, isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor TypeCannotParse = new(
        "OVMS003", "Option type cannot be parsed", "Option '{0}' is of type '{1}', which is none of string, bool, int, uint, long, ulong, double and has no 'static bool TryParse(ReadOnlySpan<char>, out {1}, out string? why)'", OptionsCategory, DiagnosticSeverity.Error, isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor DefaultOutOfRange = new(
        "OVMS004", "Option default is not allowed", "The default {0} of option '{1}' is not one of its own allowed values: {2}", OptionsCategory, DiagnosticSeverity.Error, isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor UnknownConflict = new(
        "OVMS005", "Option conflicts with an unknown option", "Option '{0}' conflicts with '{1}', which {2}", OptionsCategory, DiagnosticSeverity.Error, isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor MissingStatus = new(
        "OVMS010", "Status code has no row", "Member '{0}' of the status table '{1}' has no [Status] attribute: its message, gRPC code and HTTP status are unknown", StatusCategory, DiagnosticSeverity.Error, isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor InvalidStatus = new(
        "OVMS011", "Status row is invalid", "The [Status] of member '{0}' {1}", StatusCategory, DiagnosticSeverity.Error, isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor MissingElementType = new(
        "OVMS020", "Element type has no row", "Member '{0}' of the table of element types has no [ElementType] attribute: its names and its size are unknown", TensorsCategory, DiagnosticSeverity.Error, isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor InvalidElementType = new(
        "OVMS021", "Element type row is invalid", "The [ElementType] of member '{0}' {1}", TensorsCategory, DiagnosticSeverity.Error, isEnabledByDefault: true);
}
