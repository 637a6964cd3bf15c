using System.Runtime.InteropServices;
using Ovms.Native.Handles;
using Ovms.Native.Interop;

namespace Ovms.Native.Marshalling;

/// <summary>
/// Creates string tensors. The C API cuts strings at the first NUL. So the tensor is created with filler of the right lengths, which is
/// then overwritten with the text.
/// </summary>
internal static unsafe class StringTensor
{
    internal static TensorHandle Create(ReadOnlySpan<long> shape, ReadOnlySpan<int> lengths, ReadOnlySpan<byte> concatenated)
    {
        int longest = CheckLengths(lengths, concatenated.Length);
        TensorHandle tensor = CreateFilled(shape, lengths, longest);
        try
        {
            Overwrite(tensor, lengths, concatenated);
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    /// <summary>Checks that the lengths add up to the available bytes, and returns the longest.</summary>
    private static int CheckLengths(ReadOnlySpan<int> lengths, int available)
    {
        long sum = 0;
        int longest = 0;
        foreach (int length in lengths)
        {
            if (length < 0)
                throw new ArgumentException($"A string cannot be {length} bytes long.", nameof(lengths));
            sum += length;
            longest = Math.Max(longest, length);
        }
        return sum == available
            ? longest
            : throw new ArgumentException($"The lengths add up to {sum} bytes; {available} bytes of text were given.", nameof(lengths));
    }

    private static TensorHandle CreateFilled(ReadOnlySpan<long> shape, ReadOnlySpan<int> lengths, int longest)
    {
        // One filler for all strings: a string of n bytes starts n bytes before its end.
        byte* filler = (byte*)NativeMemory.Alloc((nuint)longest + 1);
        // One entry more than needed, so that the array is not empty even without strings.
        byte** strings = (byte**)NativeMemory.Alloc((nuint)lengths.Length + 1, (nuint)sizeof(byte*));
        try
        {
            new Span<byte>(filler, longest).Fill((byte)' ');
            filler[longest] = 0;
            for (int i = 0; i < lengths.Length; i++)
                strings[i] = filler + longest - lengths[i];
            fixed (long* dims = shape)
            {
                OpenVino.ov_tensor_create_from_string_array(
                    strings, (nuint)lengths.Length, new ov_shape_t { rank = shape.Length, dims = dims }, out TensorHandle tensor).Check();
                return tensor;
            }
        }
        finally
        {
            NativeMemory.Free(strings);
            NativeMemory.Free(filler);
        }
    }

    private static void Overwrite(TensorHandle tensor, ReadOnlySpan<int> lengths, ReadOnlySpan<byte> concatenated)
    {
        void* data = null;
        OpenVino.ov_tensor_data(tensor, &data).Check();
        StdString* elements = (StdString*)data;
        for (int i = 0; i < lengths.Length; i++)
        {
            concatenated[..lengths[i]].CopyTo(StdString.TextOf(elements + i));
            concatenated = concatenated[lengths[i]..];
        }
    }
}
