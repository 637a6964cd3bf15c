using Ovms.Status;
using Ovms.Wire;

namespace Ovms.Tensors;

/// <summary>Handles fields of typed contents that do not belong to the datatype.</summary>
internal static class ForeignField
{
    /// <summary>Skips an unknown or empty field. Rejects values in another datatype's field, which would otherwise be lost.</summary>
    public static Outcome Pass(ref ProtoReader contents, int field, WireType type, TensorMarshaler marshaler)
    {
        if (!ContentsFields.Has(field))
        {
            contents.Skip(type);
            return Outcome.Ok;
        }

        bool empty = type == WireType.LengthDelimited && contents.ReadLengthDelimited().IsEmpty && field != (int)ContentsField.Bytes;
        return empty ? Outcome.Ok : Outcome.Fail(
            StatusCode.InvalidValue,
            $"{marshaler.Datatype} is carried by {marshaler.Contents.Name()}; Actual: values in {((ContentsField)field).Name()}");
    }
}
