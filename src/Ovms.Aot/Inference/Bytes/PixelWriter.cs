using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ovms.Native;
using Ovms.Tensors;

namespace Ovms.Inference.Bytes;

/// <summary>Converts image samples to elements of one type. Values outside the type's range are clamped.</summary>
internal abstract class PixelWriter
{
    /// <summary>Bytes of one element.</summary>
    public abstract int ElementSize { get; }

    /// <summary>
    /// Whether 16-bit samples are useful. Types of 8 bits get their upper half: the original clamps the whole sample, so that almost
    /// every value becomes the largest.
    /// </summary>
    public bool TakesDeepSamples => ElementSize > sizeof(byte);

    /// <summary>Writes one row.</summary>
    /// <param name="samples">0 to 255, or 0 to 65,535.</param>
    /// <param name="destination">Memory for as many elements as there are samples.</param>
    public abstract void Write(ReadOnlySpan<ushort> samples, Span<byte> destination);

    /// <summary>The writer of an element type; null if images cannot be converted to that type.</summary>
    public static PixelWriter? For(ElementType type) => type switch
    {
        ElementType.U8 => Of<byte>.Writer,
        ElementType.I8 => Of<sbyte>.Writer,
        ElementType.U16 => Of<ushort>.Writer,
        ElementType.I16 => Of<short>.Writer,
        ElementType.I32 => Of<int>.Writer,
        ElementType.F32 => Of<float>.Writer,
        ElementType.F64 => Of<double>.Writer,
        ElementType.F16 => Of<Half>.Writer,
        ElementType.BF16 => Brain.Writer,
        _ => null,
    };

    private static class Of<T>
        where T : unmanaged, INumberBase<T>
    {
        public static readonly PixelWriter Writer = new TableWriter<T>(T.CreateSaturating);
    }

    private static class Brain
    {
        public static readonly PixelWriter Writer = new TableWriter<BFloat16>(static sample => BFloat16.FromSingle(sample));
    }

    /// <summary>Converts 8-bit samples (nearly all) by table lookup.</summary>
    private sealed class TableWriter<T> : PixelWriter
        where T : unmanaged
    {
        private readonly T[] _table = new T[256];
        private readonly Func<int, T> _convert;

        public TableWriter(Func<int, T> convert)
        {
            _convert = convert;
            for (int i = 0; i < _table.Length; i++)
            {
                _table[i] = convert(i);
            }
        }

        public override int ElementSize => Unsafe.SizeOf<T>();

        public override void Write(ReadOnlySpan<ushort> samples, Span<byte> destination)
        {
            Span<T> elements = MemoryMarshal.Cast<byte, T>(destination);
            Debug.Assert(elements.Length == samples.Length, "The destination was measured.");
            for (int i = 0; i < elements.Length; i++)
            {
                int sample = samples[i];
                elements[i] = sample < _table.Length ? _table[sample] : _convert(sample);
            }
        }
    }
}
