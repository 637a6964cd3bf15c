using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.Json;

/// <summary>
/// Writes JSON straight into unmanaged memory. Callers write the punctuation: a document is a handful of literals, and marshalers write
/// the tensors' elements.
/// </summary>
internal static class JsonText
{
    private static readonly SearchValues<byte> s_escaped =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(static b => (byte)b), (byte)'"', (byte)'\\']);

    /// <summary>Writes bytes that are already JSON.</summary>
    public static void Raw(this NativeBuffer buffer, ReadOnlySpan<byte> json) => buffer.Write(json);

    /// <summary>Writes a string with its quotes; half a surrogate pair becomes U+FFFD.</summary>
    public static void Text(this NativeBuffer buffer, ReadOnlySpan<char> text)
    {
        buffer.Raw("\""u8);
        byte[] rented = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        Escape(buffer, rented.AsSpan(0, Encoding.UTF8.GetBytes(text, rented)));
        ArrayPool<byte>.Shared.Return(rented);
        buffer.Raw("\""u8);
    }

    /// <summary>Writes a string with its quotes.</summary>
    /// <param name="buffer">Receives the string.</param>
    /// <param name="utf8">Valid UTF-8.</param>
    public static void Text(this NativeBuffer buffer, ReadOnlySpan<byte> utf8)
    {
        buffer.Raw("\""u8);
        Escape(buffer, utf8);
        buffer.Raw("\""u8);
    }

    /// <summary>Writes a number.</summary>
    public static void Number(this NativeBuffer buffer, long number)
    {
        const int LongestInt64 = 20;
        Utf8Formatter.TryFormat(number, buffer.GetSpan(LongestInt64), out int written);
        buffer.Advance(written);
    }

    /// <summary>Writes an array of numbers.</summary>
    public static void Numbers(this NativeBuffer buffer, ReadOnlySpan<long> numbers)
    {
        buffer.Raw("["u8);
        for (int i = 0; i < numbers.Length; i++)
        {
            buffer.Raw(i == 0 ? default : ","u8);
            buffer.Number(numbers[i]);
        }

        buffer.Raw("]"u8);
    }

    /// <summary>Writes an array of ids.</summary>
    public static void Ids(this NativeBuffer buffer, ReadOnlySpan<int> ids)
    {
        buffer.Raw("["u8);
        for (int i = 0; i < ids.Length; i++)
        {
            buffer.Raw(i == 0 ? default : ","u8);
            buffer.Number(ids[i]);
        }

        buffer.Raw("]"u8);
    }

    private static void Escape(NativeBuffer buffer, ReadOnlySpan<byte> utf8)
    {
        while (true)
        {
            int next = utf8.IndexOfAny(s_escaped);
            buffer.Write(next < 0 ? utf8 : utf8[..next]);
            if (next < 0)
            {
                return;
            }

            byte escaped = utf8[next];
            utf8 = utf8[(next + 1)..];
            switch (escaped)
            {
                case (byte)'"':
                    buffer.Raw("\\\""u8);
                    break;
                case (byte)'\\':
                    buffer.Raw("\\\\"u8);
                    break;
                case (byte)'\n':
                    buffer.Raw("\\n"u8);
                    break;
                default:
                    buffer.Raw("\\u00"u8);
                    buffer.Raw([(byte)(escaped < 0x10 ? '0' : '1'), "0123456789abcdef"u8[escaped & 0xF]]);
                    break;
            }
        }
    }
}
