using System.Buffers;
using System.Text;

namespace Ovms.Language.Vocabulary;

/// <summary>
/// Turns bytes that arrive in pieces into characters. A character is given only when all its bytes are there.
/// <para>
/// UTF8Validate differs from the Unicode standard: a first byte announces a length (also F5 to F7), and whatever continuation bytes follow
/// are taken. A sequence that ends too early is one U+FFFD. A complete one that is no character (overlong, a surrogate, beyond U+10FFFF)
/// is one for each of its bytes; surrogates and those beyond U+10FFFF are so even where broken characters are left out.
/// </para>
/// </summary>
internal sealed class Utf8Stream(Utf8Mode mode)
{
    /// <summary>What stands for a broken character.</summary>
    public const char Broken = '\uFFFD';

    private readonly byte[] _held = new byte[4];
    private readonly Decoder? _standard = mode == Utf8Mode.Unchecked ? Encoding.UTF8.GetDecoder() : null;
    private int _count;
    private int _length;

    /// <summary>Whether the first bytes of a character are held.</summary>
    public bool IsOpen => _length > 0;

    /// <summary>Takes bytes and gives the characters that they complete.</summary>
    public void Append(ReadOnlySpan<byte> bytes, IBufferWriter<char> text)
    {
        if (_standard is not null)
        {
            Convert(bytes, text, flush: false);
            return;
        }

        while (bytes.Length > 0)
        {
            if (_length == 0)
            {
                bytes = bytes[Plain(bytes, text)..];
                if (bytes.Length == 0)
                {
                    return;
                }

                Begin(bytes[0], text);
                bytes = bytes[1..];
            }
            else if ((bytes[0] & 0xC0) == 0x80)
            {
                _held[_count++] = bytes[0];
                bytes = bytes[1..];
                if (_count == _length)
                {
                    Complete(text);
                }
            }
            else
            {
                Flush(text);
            }
        }
    }

    /// <summary>Ends the text: bytes that are held belong to a broken character.</summary>
    public void Flush(IBufferWriter<char> text)
    {
        if (_standard is not null)
        {
            Convert([], text, flush: true);
        }
        else if (_length > 0)
        {
            WriteBroken(text);
            _length = 0;
        }
    }

    private static int Plain(ReadOnlySpan<byte> bytes, IBufferWriter<char> text)
    {
        int count = bytes.IndexOfAnyInRange((byte)0x80, (byte)0xFF);
        count = count < 0 ? bytes.Length : count;
        if (count > 0)
        {
            text.Advance(Encoding.Latin1.GetChars(bytes[..count], text.GetSpan(count)));
        }

        return count;
    }

    private void Begin(byte first, IBufferWriter<char> text)
    {
        int length = first switch { >= 0xF8 or < 0xC0 => 0, >= 0xF0 => 4, >= 0xE0 => 3, _ => 2 };
        if (length == 0)
        {
            WriteBroken(text);
            return;
        }

        _held[0] = first;
        (_count, _length) = (1, length);
    }

    private void Complete(IBufferWriter<char> text)
    {
        if (Rune.DecodeFromUtf8(_held.AsSpan(0, _length), out Rune rune, out int read) == OperationStatus.Done && read == _length)
        {
            text.Advance(rune.EncodeToUtf16(text.GetSpan(2)));
        }
        else if (mode == Utf8Mode.Replace || !IsOverlong)
        {
            Write(_length, text);
        }

        _length = 0;
    }

    // A character that fits into fewer bytes.
    private bool IsOverlong => _length switch
    {
        2 => _held[0] < 0xC2,
        3 => _held[0] == 0xE0 && _held[1] < 0xA0,
        _ => _held[0] == 0xF0 && _held[1] < 0x90,
    };

    private void WriteBroken(IBufferWriter<char> text)
    {
        if (mode == Utf8Mode.Replace)
        {
            Write(1, text);
        }
    }

    private static void Write(int count, IBufferWriter<char> text)
    {
        text.GetSpan(count)[..count].Fill(Broken);
        text.Advance(count);
    }

    private void Convert(ReadOnlySpan<byte> bytes, IBufferWriter<char> text, bool flush)
    {
        Span<char> room = text.GetSpan(bytes.Length + 4);
        text.Advance(_standard!.GetChars(bytes, room, flush));
    }
}
