using System.Text;
using System.Text.Json;
using Ovms.Frontends.Rest.Json;
using Ovms.Tensors;

namespace Ovms.Tests.Frontends.Rest.Json;

internal sealed class JsonTextTests
{
    [Test]
    [Arguments("")]
    [Arguments("plain")]
    [Arguments("quote \" and \\ back")]
    [Arguments("line\nfeed\r\ttab\0nul\u001fend\u007f")]
    [Arguments("é 漢字 😀 \u2028 </script>")]
    public async Task AnyText_ComesBackTheSame(string text)
    {
        using NativeBuffer buffer = new();
        buffer.Text(text);
        using JsonDocument document = JsonDocument.Parse(buffer.Bytes.ToArray());
        await Assert.That(document.RootElement.GetString()).IsEqualTo(text);
    }

    [Test]
    public async Task HalfASurrogatePair_BecomesTheReplacementCharacter()
    {
        using NativeBuffer buffer = new();
        buffer.Text("a\ud83d");
        await Assert.That(Encoding.UTF8.GetString(buffer.Bytes)).IsEqualTo("\"a\ufffd\"");
    }

    [Test]
    public async Task Numbers_AreWhole64Bits()
    {
        using NativeBuffer buffer = new();
        buffer.Numbers([long.MinValue, 0, long.MaxValue]);
        buffer.Numbers([]);
        await Assert.That(Encoding.UTF8.GetString(buffer.Bytes)).IsEqualTo("[-9223372036854775808,0,9223372036854775807][]");
    }
}
