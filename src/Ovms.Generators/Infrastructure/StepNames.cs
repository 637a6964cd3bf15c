namespace Ovms.Generators.Infrastructure;

/// <summary>Names of the pipeline steps; the caching tests refer to them.</summary>
internal static class StepNames
{
    public const string ParseStatusTable = nameof(ParseStatusTable);
    public const string StatusTable = nameof(StatusTable);
    public const string StatusDiagnostics = nameof(StatusDiagnostics);

    public const string ParseOptionTable = nameof(ParseOptionTable);
    public const string OptionTable = nameof(OptionTable);
    public const string OptionDiagnostics = nameof(OptionDiagnostics);

    public const string ParseElementTypes = nameof(ParseElementTypes);
    public const string ElementTypes = nameof(ElementTypes);
    public const string ElementTypeDiagnostics = nameof(ElementTypeDiagnostics);

    public const string ParseIrSignature = nameof(ParseIrSignature);
    public const string IrSignature = nameof(IrSignature);
    public const string IrSignatureDiagnostics = nameof(IrSignatureDiagnostics);

    public const string ParseGraphMessage = nameof(ParseGraphMessage);
    public const string GraphMessage = nameof(GraphMessage);
    public const string GraphDiagnostics = nameof(GraphDiagnostics);
}
