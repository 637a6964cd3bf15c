using System.Buffers;
using System.Text;
using Ovms.Frontends.Grpc.Transport;

namespace Ovms.Tests.Frontends.Grpc.Transport;

/// <summary>Frames as gRPC's C core writes them to a unix domain socket, in one piece and in pieces of one byte.</summary>
public sealed class SocketAuthorityTests
{
    private const string Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    [Test]
    [Arguments(false)]
    [Arguments(true)]
    public async Task PercentSignsOfTheAuthority_BecomeDashes(bool inPieces)
    {
        byte[] headers = [.. Literal(":path", "/a%2Fb"), .. Literal(":authority", "tmp%2Fovms%2Fs.sock"), 0x83, 0x86, .. Literal("te", "50%")];
        byte[] received = [.. Encoding.ASCII.GetBytes(Preface), .. Frame(4, 0, []), .. Frame(1, 4, headers), .. Frame(0, 0, "%%"u8.ToArray())];
        string expected = Encoding.Latin1.GetString(received).Replace("tmp%2Fovms%2Fs.sock", "tmp-2Fovms-2Fs.sock", StringComparison.Ordinal);

        SocketAuthority.Mend(inPieces ? Pieces(received) : new ReadOnlySequence<byte>(received));

        await Assert.That(Encoding.Latin1.GetString(received)).IsEqualTo(expected);
    }

    [Test]
    public async Task AuthorityByItsIndexBehindPaddingAndPriority_IsFound()
    {
        byte[] received = Frame(1, 0x8 | 0x20 | 4, [3, 0, 0, 0, 0, 15, 0x41, 3, .. "a%b"u8, 0, 0, 0]);
        SocketAuthority.Mend(new ReadOnlySequence<byte>(received));
        await Assert.That(Encoding.Latin1.GetString(received)).Contains("a-b");
    }

    [Test]
    public async Task LongValueBeforeIt_IsPassedOver()
    {
        byte[] received = Frame(1, 4, [.. Literal("x", new string('%', 5000)), .. Literal(":authority", "a%b")]);
        SocketAuthority.Mend(new ReadOnlySequence<byte>(received));
        await Assert.That(received.Count(static one => one == '%')).IsEqualTo(5000);
    }

    [Test]
    public async Task FrameThatIsNotWhole_IsLeftAlone()
    {
        byte[] whole = Frame(1, 4, Literal(":authority", "a%b"));
        for (int length = 0; length < whole.Length; length++)
        {
            byte[] received = whole[..length];
            SocketAuthority.Mend(new ReadOnlySequence<byte>(received));
            await Assert.That(received).IsEquivalentTo(whole[..length]);
        }
    }

    [Test]
    public async Task Noise_DoesNoHarm()
    {
        Random random = new(7);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] block = new byte[random.Next(40)];
            random.NextBytes(block);
            byte[] received = Frame(1, (byte)random.Next(256), block);
            SocketAuthority.Mend(i % 2 == 0 ? new ReadOnlySequence<byte>(received) : Pieces(received));
            await Assert.That(received.Length).IsEqualTo(9 + block.Length);
        }
    }

    private static byte[] Frame(byte type, byte flags, byte[] payload) =>
        [(byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, type, flags, 0, 0, 0, 1, .. payload];

    private static byte[] Literal(string name, string value) => [0x40, .. Text(name), .. Text(value)];

    private static byte[] Text(string text)
    {
        List<byte> coded = [];
        if (text.Length < 127)
        {
            coded.Add((byte)text.Length);
        }
        else
        {
            coded.Add(127);
            int rest = text.Length - 127;
            for (; rest >= 128; rest >>= 7)
            {
                coded.Add((byte)(rest | 0x80));
            }

            coded.Add((byte)rest);
        }

        return [.. coded, .. Encoding.ASCII.GetBytes(text)];
    }

    private static ReadOnlySequence<byte> Pieces(byte[] bytes)
    {
        Piece first = new(bytes.AsMemory(0, 1), 0);
        Piece last = first;
        for (int i = 1; i < bytes.Length; i++)
        {
            last = last.Then(bytes.AsMemory(i, 1));
        }

        return new ReadOnlySequence<byte>(first, 0, last, 1);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, long index) => (Memory, RunningIndex) = (memory, index);

        public Piece Then(ReadOnlyMemory<byte> memory)
        {
            Piece next = new(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
