using Ovms.Generators.Infrastructure;
using Ovms.Tensors;

namespace Ovms.Generators.Tensors;

/// <summary>The table of element types, as input of the emitter.</summary>
internal sealed record ElementTypeRows(string? Namespace, string EnumName, EquatableArray<ElementTypeRow> Rows);

/// <summary>One member of the table.</summary>
internal sealed record ElementTypeRow(
    string Member,
    string Datatype,
    string Precision,
    string? Tfs,
    string? Clr,
    ElementForm Form,
    int Bits,
    int UnitBits,
    ContentsField Contents);
