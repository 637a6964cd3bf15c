using System.Buffers;
using Ovms.Native;
using Ovms.Serving.Signatures;
using Ovms.Tensors;

namespace Ovms.Serving.Requests;

/// <summary>
/// One output of a finished inference: its description, its actual shape, and its bytes in OpenVINO's memory. Disposed by the owner of
/// its <see cref="OwnedOutputs"/>.
/// </summary>
/// <param name="info">Its description.</param>
/// <param name="tensor">The native tensor; owned.</param>
/// <param name="stated">The shape that is answered; null for the tensor's.</param>
internal sealed unsafe class OutputTensor(TensorInfo info, Tensor tensor, long[]? stated = null) : IDisposable
{
    private readonly long[] _shape = stated ?? tensor.GetShape();
    private void* _data;
    private long _length = -1;

    private bool _isView;

    /// <summary>Name, element type and marshaler.</summary>
    public TensorInfo Info => info;

    /// <summary>The same output under another name, without its ownership: valid as long as this one.</summary>
    public OutputTensor As(TensorInfo other) => new(other, tensor, stated) { _isView = true };

    /// <summary>The native tensor; owned.</summary>
    internal Tensor Tensor => tensor;

    /// <summary>The actual shape.</summary>
    public ReadOnlySpan<long> Shape => _shape;

    /// <summary>Bytes of the elements in OpenVINO's memory; for strings, of its string objects.</summary>
    public long ByteSize => _length >= 0 ? _length : _length = (long)tensor.ByteSize;

    /// <summary>Number of elements, of any size.</summary>
    public long ElementCount
    {
        get
        {
            long count = 1;
            foreach (long dimension in _shape)
            {
                count *= dimension;
            }

            return count;
        }
    }

    /// <summary>The elements in OpenVINO's memory. Not for strings, nor beyond <see cref="OutputLimit.Most"/>.</summary>
    public ReadOnlySpan<byte> Bytes
    {
        get
        {
            if (_data is null)
            {
                _length = tensor.Bytes.Length;
                _data = tensor.Data;
            }

            return new(_data, (int)_length);
        }
    }

    /// <summary>Number of elements.</summary>
    public int Count => tensor.Count;

    /// <summary>Bytes in the raw form of the APIs, where each string has a 4-byte length before it.</summary>
    public long RawLength
    {
        get
        {
            if (info.ElementType != ElementType.String)
            {
                return ByteSize;
            }

            long length = 0;
            for (int i = 0; i < Count; i++)
            {
                length += BytesForm.PrefixSize + tensor.GetString(i).Length;
            }

            return length;
        }
    }

    /// <summary>One string element, as bytes in OpenVINO's memory.</summary>
    public ReadOnlySpan<byte> GetString(int index) => tensor.GetString(index);

    /// <summary>Writes the raw form of the APIs: the elements, or for each string a little-endian uint32 length and its bytes.</summary>
    /// <remarks>A <see cref="GatheredBytes"/> refers to the elements without a copy: the tensor must outlive it.</remarks>
    public void WriteRaw(IBufferWriter<byte> writer)
    {
        if (writer is GatheredBytes gathered && info.ElementType != ElementType.String)
        {
            gathered.AddView(Bytes);
            return;
        }

        if (info.ElementType != ElementType.String)
        {
            writer.Write(Bytes);
            return;
        }

        for (int i = 0; i < Count; i++)
        {
            BytesForm.Write(writer, GetString(i));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_isView)
        {
            tensor.Dispose();
        }
    }
}
