using System.Diagnostics;
using System.Runtime.InteropServices;
using Ovms.Native.Handles;
using Ovms.Native.Interop;
using Ovms.Native.Marshalling;

namespace Ovms.Native;

/// <summary>
/// Elements of one type in one shape. Disposing frees this handle; memory that a request still uses stays valid. Spans and pointers
/// taken from a tensor are valid until it is disposed: keep the tensor reachable while using them.
/// </summary>
public sealed unsafe class Tensor : IDisposable
{
    /// <summary>Size in bytes of the largest element type, a string object.</summary>
    private const int LargestElement = 32;

    /// <summary>Address for empty tensors over host memory, which need a valid pointer too.</summary>
    private static readonly void* s_nothing = NativeMemory.AlignedAlloc(64, 64);

    internal Tensor(TensorHandle handle)
    {
        Handle = handle;
        LiveObjects.TensorCount.Up();
        OpenVino.ov_tensor_get_element_type(handle, out ElementType type).Check();
        ElementType = type;
    }

    private Tensor(TensorHandle handle, ElementType type)
    {
        Handle = handle;
        LiveObjects.TensorCount.Up();
        ElementType = type;
    }

    internal TensorHandle Handle { get; }

    /// <summary>Type of the elements.</summary>
    public ElementType ElementType { get; }

    /// <summary>Number of elements; 1 for a scalar.</summary>
    public int Count
    {
        get
        {
            OpenVino.ov_tensor_get_size(Handle, out nuint count).Check();
            return checked((int)count);
        }
    }

    /// <summary>Size in bytes; sub-byte types are packed. For strings, the size of the native string objects.</summary>
    public nuint ByteSize
    {
        get
        {
            OpenVino.ov_tensor_get_byte_size(Handle, out nuint size).Check();
            return size;
        }
    }

    /// <summary>Address of the first byte.</summary>
    public void* Data
    {
        get
        {
            void* data = null;
            OpenVino.ov_tensor_data(Handle, &data).Check();
            return data;
        }
    }

    /// <summary>All bytes; up to 2 GiB.</summary>
    /// <exception cref="InvalidOperationException">The elements are strings.</exception>
    public Span<byte> Bytes => ElementType != ElementType.String
        ? new Span<byte>(Data, checked((int)ByteSize))
        : throw new InvalidOperationException(
            "The bytes of a string tensor are native objects, not text. Read the elements one by one with GetString.");

    /// <summary>A tensor with its own, uninitialised memory.</summary>
    public static Tensor Allocate(ElementType type, ReadOnlySpan<long> shape)
    {
        OpenVinoLibrary.Load();
        CheckShape(type, shape);
        fixed (long* dims = shape)
        {
            OpenVino.ov_tensor_create(type, new ov_shape_t { rank = shape.Length, dims = dims }, out TensorHandle tensor).Check();
            return new Tensor(tensor, type);
        }
    }

    /// <summary>
    /// A tensor over the caller's memory, without a copy and with any alignment. The memory must hold all elements. It must stay valid and
    /// in place until neither this tensor nor a request that uses it can be used any more.
    /// </summary>
    public static Tensor FromHost(ElementType type, ReadOnlySpan<long> shape, void* data)
    {
        OpenVinoLibrary.Load();
        if (type == ElementType.String)
        {
            throw new ArgumentException(
                "A string tensor cannot lie over plain memory, since its elements are native objects. Use CreateStrings.",
                nameof(type));
        }
        long count = CheckShape(type, shape);
        if (count == 0)
            data = data is null ? s_nothing : data;
        else
            ArgumentNullException.ThrowIfNull(data);

        fixed (long* dims = shape)
        {
            ov_shape_t native = new() { rank = shape.Length, dims = dims };
            OpenVino.ov_tensor_create_from_host_ptr(type, native, data, out TensorHandle tensor).Check();
            return new Tensor(tensor, type);
        }
    }

    /// <summary>A tensor of strings, which may contain any bytes including NUL.</summary>
    /// <param name="shape">Its shape.</param>
    /// <param name="lengths">Length of each element in bytes.</param>
    /// <param name="concatenated">The bytes of all elements, one after another.</param>
    public static Tensor CreateStrings(ReadOnlySpan<long> shape, ReadOnlySpan<int> lengths, ReadOnlySpan<byte> concatenated)
    {
        OpenVinoLibrary.Load();
        StdString.RequireKnownLayout();
        long count = CheckShape(ElementType.String, shape);
        if (count != lengths.Length)
        {
            throw new ArgumentException(
                $"The shape {Text(shape)} asks for {count} strings; {lengths.Length} lengths were given.", nameof(lengths));
        }

        return new Tensor(StringTensor.Create(shape, lengths, concatenated), ElementType.String);
    }

    /// <summary>The bytes of one string in native memory, without a copy.</summary>
    /// <exception cref="InvalidOperationException">The elements are not strings.</exception>
    public ReadOnlySpan<byte> GetString(int index)
    {
        if (ElementType != ElementType.String)
            throw new InvalidOperationException($"The tensor holds {ElementType}, not strings.");
        StdString.RequireKnownLayout();
        int count = Count;
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, count);
        Debug.Assert(ByteSize == (nuint)count * (nuint)sizeof(StdString), "A string element is one std::string.");
        return StdString.TextOf((StdString*)Data + index);
    }

    /// <summary>
    /// Changes the shape. Requests that use the tensor see the new shape. Elements are kept only as far as the memory is: a larger shape
    /// may get new, uninitialised memory, and <see cref="Data"/> moves then.
    /// </summary>
    /// <exception cref="OpenVinoException">The tensor lies over host memory that is too small.</exception>
    public void SetShape(ReadOnlySpan<long> shape)
    {
        CheckShape(ElementType, shape);
        fixed (long* dims = shape)
            OpenVino.ov_tensor_set_shape(Handle, new ov_shape_t { rank = shape.Length, dims = dims }).Check();
    }

    /// <summary>The shape; empty for a scalar.</summary>
    public long[] GetShape()
    {
        ov_shape_t shape = default;
        if (!TryGetShape(&shape))
            return [];
        long[] result = new ReadOnlySpan<long>(shape.dims, checked((int)shape.rank)).ToArray();
        OpenVino.ov_shape_free(&shape);
        return result;
    }

    /// <summary>Writes the shape to <paramref name="destination"/> and returns the rank.</summary>
    /// <exception cref="ArgumentException">The destination is shorter than the rank.</exception>
    public int GetShape(Span<long> destination)
    {
        ov_shape_t shape = default;
        if (!TryGetShape(&shape))
            return 0;
        ReadOnlySpan<long> dims = new(shape.dims, checked((int)shape.rank));
        int rank = dims.Length;
        bool fits = dims.TryCopyTo(destination);
        OpenVino.ov_shape_free(&shape);
        return fits
            ? rank
            : throw new ArgumentException(
                $"The tensor has {rank} dimensions; the destination has room for {destination.Length}.", nameof(destination));
    }

    /// <inheritdoc/>
    public void Dispose() => Handle.Dispose();

    /// <summary>Gets the shape; false for a scalar, since the C API cannot create a shape of rank 0.</summary>
    private bool TryGetShape(ov_shape_t* shape)
    {
        OvStatus status = OpenVino.ov_tensor_get_shape(Handle, shape);
        if (status == OvStatus.InvalidCParam)
            return false;
        status.Check(nameof(OpenVino.ov_tensor_get_shape));
        return true;
    }

    /// <summary>Number of elements. Rejects negative and overflowing shapes, since the native code does not check them.</summary>
    private static long CheckShape(ElementType type, ReadOnlySpan<long> shape)
    {
        if (type is <= ElementType.Dynamic or > ElementType.F8E8M0)
            throw new ArgumentException($"A tensor cannot have the element type {type}; it needs one that is known.", nameof(type));

        bool empty = shape.Contains(0);
        UInt128 product = 1;
        foreach (long dim in shape)
        {
            if (dim < 0)
                throw new ArgumentException($"The shape {Text(shape)} has the negative dimension {dim}.", nameof(shape));
            product *= empty ? 1 : (UInt128)dim;
            if (product * LargestElement > long.MaxValue)
                throw new ArgumentException($"A tensor of shape {Text(shape)} does not fit into memory.", nameof(shape));
        }
        return empty ? 0 : (long)product;
    }

    private static string Text(ReadOnlySpan<long> shape) => $"[{string.Join(',', shape.ToArray())}]";
}
