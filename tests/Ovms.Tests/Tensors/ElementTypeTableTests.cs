using Ovms.Native;
using Ovms.Tensors;

namespace Ovms.Tests.Tensors;

/// <summary>The table against the engine, and the ways to find a marshaler.</summary>
public class ElementTypeTableTests
{
    [Test]
    public async Task Table_HasTheEnginesTypes() =>
        await Assert.That(Enum.GetNames<ElementTypeTable>()).IsEquivalentTo(Enum.GetNames<ElementType>());

    [Test]
    [MethodDataSource(typeof(Registry), nameof(Registry.All))]
    public async Task EveryType_HasItsMarshaler(ElementType type)
    {
        TensorMarshaler marshaler = TensorMarshaler.For(type);
        await Assert.That(marshaler.ElementType).IsEqualTo(type);
        await Assert.That(TensorMarshaler.ForDatatype(marshaler.Datatype)).IsSameReferenceAs(type == ElementType.Dynamic ? null : marshaler);
    }

    [Test]
    public async Task UnknownElementType_Throws() =>
        await Assert.That(static () => TensorMarshaler.For((ElementType)99)).Throws<ArgumentOutOfRangeException>();

    [Test]
    [Arguments("")]
    [Arguments("fp32")]
    [Arguments("FP8")]
    [Arguments("STRING")]
    [Arguments("UNDEFINED")]
    public async Task UnknownDatatype_IsNull(string datatype) =>
        await Assert.That(TensorMarshaler.ForDatatype(datatype)).IsNull();

    [Test]
    [Arguments(ElementType.Boolean, "BOOL", "BOOL")]
    [Arguments(ElementType.BF16, "BF16", "BF16")]
    [Arguments(ElementType.F16, "FP16", "FP16")]
    [Arguments(ElementType.F32, "FP32", "FP32")]
    [Arguments(ElementType.F64, "FP64", "FP64")]
    [Arguments(ElementType.I8, "INT8", "I8")]
    [Arguments(ElementType.I16, "INT16", "I16")]
    [Arguments(ElementType.I32, "INT32", "I32")]
    [Arguments(ElementType.I64, "INT64", "I64")]
    [Arguments(ElementType.U8, "UINT8", "U8")]
    [Arguments(ElementType.U16, "UINT16", "U16")]
    [Arguments(ElementType.U32, "UINT32", "U32")]
    [Arguments(ElementType.U64, "UINT64", "U64")]
    [Arguments(ElementType.String, "BYTES", "STRING")]
    public async Task Names_AreThoseOfTheWires(ElementType type, string datatype, string precision)
    {
        await Assert.That(TensorMarshaler.For(type).Datatype).IsEqualTo(datatype);
        await Assert.That(TensorMarshaler.For(type).Precision).IsEqualTo(precision);
    }

    [Test]
    [MethodDataSource(typeof(Registry), nameof(Registry.RawOnly))]
    public async Task TypesNoWireKnows_AreNamedAsTheEngineDoes(ElementType type)
    {
        await Assert.That(TensorMarshaler.For(type).Datatype).IsEqualTo(type.ToString().ToUpperInvariant());
        await Assert.That(TensorMarshaler.For(type).Precision).IsEqualTo(type.ToString().ToUpperInvariant());
    }

    [Test]
    [MethodDataSource(typeof(Registry), nameof(Registry.Servable))]
    public async Task ByteLength_IsTheEngines(ElementType type)
    {
        for (int count = 0; count <= 20; count++)
        {
            using Tensor tensor = Tensor.Allocate(type, [count]);
            long expected = type == ElementType.String ? -1 : (long)tensor.ByteSize;
            await Assert.That(TensorMarshaler.For(type).ByteLength(count)).IsEqualTo(expected).Because($"{count} elements");
        }
    }

    [Test]
    [MethodDataSource(typeof(Registry), nameof(Registry.Servable))]
    public async Task MostElements_HaveAByteLength(ElementType type)
    {
        TensorMarshaler marshaler = TensorMarshaler.For(type);
        long length = marshaler.ByteLength(TensorMarshaler.MaxCount);
        await Assert.That(type == ElementType.String ? length == -1 : length >= TensorMarshaler.MaxCount / 8 * marshaler.BitWidth).IsTrue();
    }
}
