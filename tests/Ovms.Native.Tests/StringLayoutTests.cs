using System.Runtime.InteropServices;
using System.Text;
using Ovms.Native.Marshalling;

namespace Ovms.Native.Tests;

/// <summary>Both layouts of a string object, over bytes as the C++ libraries leave them; OpenVINO here has only one of them.</summary>
public class StringLayoutTests
{
    private static readonly byte[] s_long = "sixteen letters and more"u8.ToArray();

    [Test]
    public async Task Object_Has32Bytes() => await Assert.That(Marshal.SizeOf<StdString>()).IsEqualTo(32);

    // Behind a short text the buffer may hold remains of a longer one.
    [Test]
    [Arguments("")]
    [Arguments("a")]
    [Arguments("fifteen bytes..")]
    public async Task MicrosoftsShortText_LiesInTheObject(string text)
    {
        byte[] element = new byte[32];
        element.AsSpan(0, 16).Fill((byte)'#');
        Encoding.ASCII.GetBytes(text, element);
        BitConverter.TryWriteBytes(element.AsSpan(16), (long)text.Length);
        BitConverter.TryWriteBytes(element.AsSpan(24), 15L);
        await Assert.That(Read(element)).IsEqualTo(text);

        static unsafe string Read(byte[] element)
        {
            fixed (byte* at = element)
                return Encoding.ASCII.GetString(StdString.MicrosoftTextOf((StdString*)at));
        }
    }

    // The capacity decides, not the length: a long string that became short keeps its memory.
    [Test]
    [Arguments(24, 31)]
    [Arguments(16, 31)]
    [Arguments(3, 31)]
    [Arguments(0, 47)]
    public async Task MicrosoftsLongText_LiesElsewhere(int length, long capacity)
    {
        await Assert.That(Read(length, capacity)).IsEqualTo(Encoding.ASCII.GetString(s_long, 0, length));

        static unsafe string Read(int length, long capacity)
        {
            fixed (byte* text = s_long)
            {
                long* element = stackalloc long[4] { (long)text, 0x2323232323232323, length, capacity };
                return Encoding.ASCII.GetString(StdString.MicrosoftTextOf((StdString*)element));
            }
        }
    }

    [Test]
    public async Task GnuText_IsWhereThePointerLeads()
    {
        await Assert.That(Read()).IsEqualTo("sixteen letters and more");

        static unsafe string Read()
        {
            fixed (byte* text = s_long)
            {
                long* element = stackalloc long[4] { (long)text, s_long.Length, 31, 0 };
                return Encoding.ASCII.GetString(StdString.GnuTextOf((StdString*)element));
            }
        }
    }
}
