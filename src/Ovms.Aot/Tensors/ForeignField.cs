using Ovms.Status;
using Ovms.Wire;

namespace Ovms.Tensors;

/// <summary>Fields of typed contents that do not belong to the datatype.</summary>
internal static class ForeignField
{
    /// <summary>Passes over an unknown or empty field; values in the field of another datatype are refused, since they would get lost.</summary>
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
            $"{marshaler.Datatype} is carried by {marshaler.Contents.Name()}; values came in {((ContentsField)field).Name()}");
    }
}
