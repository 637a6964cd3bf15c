using Ovms.Native;

namespace Ovms.Tensors;

internal abstract partial class TensorMarshaler
{
    public static partial TensorMarshaler For(ElementType type) => throw new NotSupportedException($"{type}");

    public static partial TensorMarshaler? ForDatatype(string datatype) => null;
}
