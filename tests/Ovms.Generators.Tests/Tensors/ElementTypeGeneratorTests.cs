using Microsoft.CodeAnalysis;
using Ovms.Generators.Infrastructure;
using Ovms.Generators.Tensors;
using Ovms.Generators.Tests.Infrastructure;
using Ovms.Tensors;

namespace Ovms.Generators.Tests.Tensors;

/// <summary>The table of element types: what is generated from the real one, what it answers when run, what it refuses.</summary>
public class ElementTypeGeneratorTests
{
    // The marshalers by name only: what they do is tested with them.
    private static readonly string s_handHalf = $$"""
        namespace Ovms.Native
        {
            public enum ElementType { {{string.Join(", ", Enum.GetNames<ElementTypeTable>())}} }
        }
        namespace Ovms.Tensors
        {
            using Ovms.Native;
            internal sealed record ElementTypeRow(ElementType ElementType, string Datatype, string Precision, string? TfsDatatype, int Bits, int UnitBits, ContentsField Contents);
            internal abstract partial class TensorMarshaler(ElementTypeRow row)
            {
                public string Shown => GetType().ToString().Replace("Ovms.Tensors.", "").Replace("System.", "") + " " + row;
                public static partial TensorMarshaler For(ElementType type);
                public static partial TensorMarshaler? ForDatatype(string datatype);
            }
            internal sealed class ValueMarshaler<TElement, TFormat>(ElementTypeRow row) : TensorMarshaler(row) where TFormat : struct;
            internal sealed class TextMarshaler(ElementTypeRow row) : TensorMarshaler(row);
            internal sealed class PackedMarshaler(ElementTypeRow row) : TensorMarshaler(row);
            internal struct BFloat16;
            internal struct BooleanFormat;
            internal struct IntegerFormat<TElement, TField>;
            internal struct SingleFormat;
            internal struct DoubleFormat;
            internal struct HalfFormat;
            internal struct BFloat16Format;
        }
        """;

    private const string Table = """
        namespace Sample;
        using Ovms.Tensors;
        [ElementTypeTable]
        internal enum Table
        {
            [ElementType("FP32", ElementForm.Float, 32, Clr = "float", Contents = ContentsField.Fp32)] F32,
            [ElementType("INT8", ElementForm.Integer, 8, Precision = "I8", Clr = "sbyte", Contents = ContentsField.Int)] I8,
            [ElementType("U3", ElementForm.Packed, 3, UnitBits = 24)] U3,
        }
        """;

    [Test]
    public async Task RealTable_MatchesSnapshot() =>
        await Snapshot.Matches("ElementTypeTable", GeneratorRun.Of(new ElementTypeGenerator(), s_handHalf).Text("ElementTypeTable.g.cs"));

    [Test]
    [Arguments("F32", "ValueMarshaler`2[Single,SingleFormat] ElementTypeRow { ElementType = F32, Datatype = FP32, Precision = FP32, TfsDatatype = DT_FLOAT, Bits = 32, UnitBits = 8, Contents = Fp32 }")]
    [Arguments("U16", "ValueMarshaler`2[UInt16,IntegerFormat`2[UInt16,UInt32]] ElementTypeRow { ElementType = U16, Datatype = UINT16, Precision = U16, TfsDatatype = DT_UINT16, Bits = 16, UnitBits = 8, Contents = UInt }")]
    [Arguments("BF16", "ValueMarshaler`2[BFloat16,BFloat16Format] ElementTypeRow { ElementType = BF16, Datatype = BF16, Precision = BF16, TfsDatatype = DT_BFLOAT16, Bits = 16, UnitBits = 8, Contents = Fp32 }")]
    [Arguments("Boolean", "ValueMarshaler`2[Byte,BooleanFormat] ElementTypeRow { ElementType = Boolean, Datatype = BOOL, Precision = BOOL, TfsDatatype = DT_BOOL, Bits = 8, UnitBits = 8, Contents = Bool }")]
    [Arguments("String", "TextMarshaler ElementTypeRow { ElementType = String, Datatype = BYTES, Precision = STRING, TfsDatatype = DT_STRING, Bits = 0, UnitBits = 8, Contents = Bytes }")]
    [Arguments("U3", "PackedMarshaler ElementTypeRow { ElementType = U3, Datatype = U3, Precision = U3, TfsDatatype = , Bits = 3, UnitBits = 24, Contents = None }")]
    public async Task GeneratedMaps_AnswerEveryRow(string type, string shown)
    {
        await GeneratorRun.Of(new ElementTypeGenerator(), s_handHalf).Execute(async assembly =>
        {
            Type marshaler = assembly.GetType("Ovms.Tensors.TensorMarshaler")!;
            object found = marshaler.GetMethod("For")!.Invoke(null, [Enum.Parse(assembly.GetType("Ovms.Native.ElementType")!, type)])!;
            string datatype = shown.Split("Datatype = ")[1].Split(',')[0];
            await Assert.That(marshaler.GetProperty("Shown")!.GetValue(found)).IsEqualTo(shown);
            await Assert.That(marshaler.GetMethod("ForDatatype")!.Invoke(null, [datatype])).IsSameReferenceAs(found);
            await Assert.That(marshaler.GetMethod("ForDatatype")!.Invoke(null, [datatype.ToLowerInvariant() + "?"])).IsNull();
        });
    }

    [Test]
    public async Task SecondRun_IsCached() =>
        await Caching.IsKept(GeneratorRun.Of(new ElementTypeGenerator(), Table), StepNames.ParseElementTypes, StepNames.ElementTypes);

    [Test]
    public async Task MovedDeclaration_RegeneratesNothing()
    {
        GeneratorRun edited = GeneratorRun.Of(new ElementTypeGenerator(), Table).With(0, "// moved down\n" + Table);
        await Assert.That(edited.Reasons(StepNames.ElementTypes).All(static r => r is IncrementalStepRunReason.Unchanged or IncrementalStepRunReason.Cached)).IsTrue();
    }

    [Test]
    public async Task OVMS020_MemberWithoutRow()
    {
        Diagnostic diagnostic = GeneratorRun.Of(new ElementTypeGenerator(), Table.Replace("U3,\n", "U3, U5,\n")).Diagnostics.Single();
        await Assert.That(diagnostic.Id).IsEqualTo("OVMS020");
        await Assert.That(diagnostic.GetMessage()).IsEqualTo("Member 'U5' of the table of element types has no [ElementType] attribute: its names and its size are unknown");
        await Assert.That(diagnostic.Location.GetLineSpan().StartLinePosition.Line).IsEqualTo(7);
    }

    [Test]
    [Arguments("\"INT8\"", "\"\"", "The [ElementType] of member 'I8' has no datatype: callers could not name it")]
    [Arguments("\"INT8\"", "\"FP32\"", "The [ElementType] of member 'I8' has the datatype 'FP32', which F32 has already")]
    [Arguments("Integer, 8", "Integer, 0", "The [ElementType] of member 'I8' has 0 bits: 1 to 64 are possible")]
    [Arguments("ElementForm.Packed, 3", "ElementForm.None, 3", "The [ElementType] of member 'U3' has 3 bits: a type of form None has 0")]
    [Arguments("UnitBits = 24", "UnitBits = 20", "The [ElementType] of member 'U3' has a unit of 20 bits: a whole number of bytes, up to 16, is possible")]
    [Arguments("Clr = \"sbyte\", ", "", "The [ElementType] of member 'I8' has no Clr: the marshaler needs the type of one element")]
    [Arguments(", Contents = ContentsField.Int)", ")", "The [ElementType] of member 'I8' has no Contents: typed contents must have a field for it")]
    [Arguments("ContentsField.Int)", "ContentsField.Fp32)", "The [ElementType] of member 'I8' is an integer carried by Fp32, which holds no integers")]
    [Arguments("\"float\"", "\"decimal\"", "The [ElementType] of member 'F32' is a float of the type 'decimal', for which no format exists")]
    public async Task OVMS021_RowThatCannotBe(string good, string bad, string message)
    {
        Diagnostic diagnostic = GeneratorRun.Of(new ElementTypeGenerator(), Table.Replace(good, bad)).Diagnostics.Single();
        await Assert.That(diagnostic.Id).IsEqualTo("OVMS021");
        await Assert.That(diagnostic.GetMessage()).IsEqualTo(message);
    }
}
