using System.Collections.Frozen;
using Google.Protobuf.Reflection;
using Ovms.Frontends.Grpc.Protos.TensorFlow;
using Ovms.Tensors;

namespace Ovms.Frontends.Grpc.TensorFlow;

/// <summary>
/// TensorFlow's numbers of element types. The numbers come from its .proto file, the names from the table of element types.
/// </summary>
internal static class TensorDatatypes
{
    private static readonly EnumDescriptor s_enum = TensorflowReflection.Descriptor.FindTypeByName<EnumDescriptor>("DataType");
    private static readonly TensorMarshaler?[] s_byNumber = Numbered();
    private static readonly FrozenDictionary<TensorMarshaler, int> s_numbers = s_byNumber
        .Select(static (marshaler, number) => (marshaler, number))
        .Where(static pair => pair.marshaler is not null)
        .ToFrozenDictionary(static pair => pair.marshaler!, static pair => pair.number);

    /// <summary>The marshaler of a type; null for one that no model uses.</summary>
    public static TensorMarshaler? Of(int number) => (uint)number < (uint)s_byNumber.Length ? s_byNumber[number] : null;

    /// <summary>The number of a type; 0 (DT_INVALID) where TensorFlow has none.</summary>
    public static int NumberOf(TensorMarshaler marshaler) => s_numbers.GetValueOrDefault(marshaler);

    /// <summary>The name of a type number, for messages.</summary>
    public static string NameOf(int number) => s_enum.FindValueByNumber(number)?.Name ?? $"DataType {number}";

    private static TensorMarshaler?[] Numbered()
    {
        TensorMarshaler?[] byNumber = new TensorMarshaler?[s_enum.Values.Max(static value => value.Number) + 1];
        foreach (TensorMarshaler marshaler in TensorMarshaler.All)
        {
            if (marshaler.TfsDatatype is { } name)
            {
                byNumber[s_enum.FindValueByName(name).Number] = marshaler;
            }
        }

        return byNumber;
    }
}
