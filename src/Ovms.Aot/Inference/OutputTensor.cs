using System.Buffers;
using System.Buffers.Binary;
using Ovms.Native;
using Ovms.Serving;

namespace Ovms.Inference;

/// <summary>One output of a finished inference: what it is, its real shape, and its bytes where the engine left them.</summary>
internal sealed class OutputTensor(TensorInfo info, Tensor tensor)
{
    private readonly long[] _shape = tensor.GetShape();

    /// <summary>Name, element type and marshaler.</summary>
    public TensorInfo Info => info;

    /// <summary>The native tensor; owned by the <see cref="InferResult"/>.</summary>
    internal Tensor Tensor => tensor;

    /// <summary>The shape it really has.</summary>
    public ReadOnlySpan<long> Shape => _shape;

    /// <summary>The elements in the engine's memory. Not for strings.</summary>
    public ReadOnlySpan<byte> Bytes => tensor.Bytes;

    /// <summary>Number of elements.</summary>
    public int Count => tensor.Count;

    /// <summary>Bytes of the wire's raw form; strings count a 4-byte length before each.</summary>
    public long RawLength
    {
        get
        {
            if (info.ElementType != ElementType.String)
            {
                return (long)tensor.ByteSize;
            }

            long length = 0;
            for (int i = 0; i < Count; i++)
            {
                length += sizeof(uint) + tensor.GetString(i).Length;
            }

            return length;
        }
    }

    /// <summary>One string element, as bytes in the engine's memory.</summary>
    public ReadOnlySpan<byte> GetString(int index) => tensor.GetString(index);

    /// <summary>Writes the wire's raw form: the elements, or for strings a little-endian uint32 length and the bytes of each.</summary>
    public void WriteRaw(IBufferWriter<byte> writer)
    {
        if (info.ElementType != ElementType.String)
        {
            writer.Write(Bytes);
            return;
        }

        for (int i = 0; i < Count; i++)
        {
            ReadOnlySpan<byte> text = GetString(i);
            BinaryPrimitives.WriteUInt32LittleEndian(writer.GetSpan(sizeof(uint)), (uint)text.Length);
            writer.Advance(sizeof(uint));
            writer.Write(text);
        }
    }
}
