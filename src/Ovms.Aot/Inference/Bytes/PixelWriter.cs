using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ovms.Native;
using Ovms.Tensors;

namespace Ovms.Inference.Bytes;

/// <summary>Turns samples of images into elements of one type; what the type cannot hold becomes the nearest that it can.</summary>
internal abstract class PixelWriter
{
    /// <summary>Bytes of one element.</summary>
    public abstract int ElementSize { get; }

    /// <summary>
    /// Whether samples of 16 bits are of use. A type of 8 bits gets the upper half of them; of the whole, which the original gives it,
    /// all that is not nearly black would be its largest value.
    /// </summary>
    public bool TakesDeepSamples => ElementSize > sizeof(byte);

    /// <summary>Writes a row.</summary>
    /// <param name="samples">0 to 255, or 0 to 65,535.</param>
    /// <param name="destination">Room for as many elements.</param>
    public abstract void Write(ReadOnlySpan<ushort> samples, Span<byte> destination);

    /// <summary>The writer of an element type; null for types that are not made of images.</summary>
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

    /// <summary>Looks samples of 8 bits, nearly all there are, up.</summary>
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
