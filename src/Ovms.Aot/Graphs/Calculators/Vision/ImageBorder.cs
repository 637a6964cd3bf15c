using System.Numerics;
using System.Runtime.InteropServices;
using Ovms.Native;
using Ovms.Tensors;

namespace Ovms.Graphs.Calculators.Vision;

/// <summary>Fills what lies around a part of an image.</summary>
internal static class ImageBorder
{
    /// <summary>Fills the border.</summary>
    /// <param name="pixels">The pixels; those of <paramref name="inner"/> are there.</param>
    /// <param name="form">The image.</param>
    /// <param name="inner">The part that stays.</param>
    /// <param name="color">The colour; null to repeat the nearest pixel of the part.</param>
    public static void Fill(NativeBuffer pixels, ImageForm form, PixelArea inner, PaddingColor? color)
    {
        Span<byte> pixel = stackalloc byte[form.PixelBytes];
        if (color is not null)
        {
            Write(color, form.Type, pixel);
        }

        Span<byte> bytes = pixels.Bytes;
        int size = form.PixelBytes;
        for (int y = 0; y < form.Height; y++)
        {
            int fromY = Math.Clamp(y, inner.Top, inner.Top + inner.Height - 1);
            for (int x = 0; x < form.Width; x++)
            {
                int fromX = Math.Clamp(x, inner.Left, inner.Left + inner.Width - 1);
                if (fromX == x && fromY == y)
                {
                    // The part itself.
                    x = inner.Left + inner.Width - 1;
                    continue;
                }

                ReadOnlySpan<byte> value = color is null ? bytes.Slice(((fromY * form.Width) + fromX) * size, size) : pixel;
                value.CopyTo(bytes[(((y * form.Width) + x) * size)..]);
            }
        }
    }

    private static void Write(PaddingColor color, ElementType type, Span<byte> pixel)
    {
        switch (type)
        {
            case ElementType.U8:
                Write<byte>(color, pixel);
                break;
            case ElementType.U16:
                Write<ushort>(color, MemoryMarshal.Cast<byte, ushort>(pixel));
                break;
            default:
                Write<float>(color, MemoryMarshal.Cast<byte, float>(pixel));
                break;
        }
    }

    // A fourth sample is 0, as in the original.
    private static void Write<T>(PaddingColor color, Span<T> samples)
        where T : unmanaged, INumber<T>
    {
        ReadOnlySpan<int> values = [color.Red, color.Green, color.Blue, 0];
        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] = T.CreateSaturating(values[i]);
        }
    }
}
