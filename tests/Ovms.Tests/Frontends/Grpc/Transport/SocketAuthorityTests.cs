using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Ovms.Frontends.Grpc.Transport;

namespace Ovms.Tests.Frontends.Grpc.Transport;

/// <summary>Frames as gRPC's C core writes them to a unix domain socket, in pieces of any length, and read as the framework reads.</summary>
public sealed class SocketAuthorityTests
{
    private const string Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    [Test]
    [Arguments(1)]
    [Arguments(7)]
    [Arguments(13)]
    [Arguments(100_000)]
    public async Task PercentSignsOfTheAuthority_BecomeDashes(int piece)
    {
        byte[] headers = [.. Literal(":path", "/a%2Fb"), .. Literal(":authority", "tmp%2Fovms%2Fs.sock"), 0x83, 0x86, .. Literal("te", "50%")];
        byte[] call = [.. Frame(1, 4, headers), .. Frame(0, 0, "%%"u8.ToArray())];
        byte[] received = [.. Frame(4, 0, []), .. call, .. Frame(0, 0, call), .. call, .. call];
        string expected = Encoding.Latin1.GetString([.. Frame(4, 0, []), .. Mended(call), .. Frame(0, 0, call), .. Mended(call), .. Mended(call)]);
        await Assert.That(Encoding.Latin1.GetString(await ReadAsync(received, piece))).IsEqualTo(expected);

        static byte[] Mended(byte[] call) =>
            Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(call).Replace("tmp%2Fovms%2Fs.sock", "tmp-2Fovms-2Fs.sock", StringComparison.Ordinal));
    }

    [Test]
    public async Task AuthorityByItsIndexBehindPaddingAndPriority_IsFound()
    {
        byte[] received = Frame(1, 0x8 | 0x20 | 4, [3, 0, 0, 0, 0, 15, 0x41, 3, .. "a%b"u8, 0, 0, 0]);
        await Assert.That(Encoding.Latin1.GetString(await ReadAsync(received, 5))).Contains("a-b");
    }

    [Test]
    public async Task LongValueBeforeIt_IsPassedOver()
    {
        byte[] received = Frame(1, 4, [.. Literal("x", new string('%', 5000)), .. Literal(":authority", "a%b")]);
        await Assert.That((await ReadAsync(received, 1000)).Count(static one => one == '%')).IsEqualTo(5000);
    }

    // Only the headers of a call are held back, and only up to the largest frame.
    [Test]
    public async Task BodiesAndFramesThatAreTooLarge_PassAsTheyCome()
    {
        foreach (byte[] frame in (byte[][])[Frame(0, 0, new byte[1000]), Frame(1, 4, new byte[GrpcSettings.FrameSize + 1])])
        {
            Pipe pipe = new();
            SocketAuthority.Reader reader = new(pipe.Reader);
            await pipe.Writer.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(Preface), .. frame[..500]]);
            await Assert.That(Take(reader)!.Length).IsEqualTo(Preface.Length + 500);
        }
    }

    [Test]
    public async Task ConnectionThatEndsWithinAFrame_GivesWhatCame()
    {
        byte[] part = Frame(1, 4, Literal(":authority", "a%b"))[..12];
        await Assert.That(await ReadAsync(part, 5)).IsEquivalentTo(part);
    }

    [Test]
    public async Task FrameworkThatConsumesLessThanItGot_GetsTheRestAgain()
    {
        byte[] headers = Frame(1, 4, Literal(":authority", "a%b"));
        Pipe pipe = new();
        SocketAuthority.Reader reader = new(pipe.Reader);
        await pipe.Writer.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(Preface), .. headers, .. headers[..11]]);
        ReadResult first = await reader.ReadAsync();
        await Assert.That(first.Buffer.Length).IsEqualTo(Preface.Length + headers.Length);
        reader.AdvanceTo(first.Buffer.GetPosition(Preface.Length + 3), first.Buffer.End);
        await pipe.Writer.WriteAsync(headers.AsMemory(11));
        ReadResult second = await reader.ReadAsync();
        await Assert.That(Encoding.Latin1.GetString(second.Buffer)).IsEqualTo(
            Encoding.Latin1.GetString([.. headers[3..], .. headers]).Replace('%', '-'));
    }

    [Test]
    public async Task Noise_DoesNoHarm()
    {
        Random random = new(7);
        for (int i = 0; i < 5000; i++)
        {
            byte[] block = new byte[random.Next(40)];
            random.NextBytes(block);
            byte[] received = Frame(1, (byte)random.Next(256), block);
            await Assert.That((await ReadAsync(received, 1 + random.Next(50))).Length).IsEqualTo(9 + block.Length);
        }
    }

    // Writes bytes after the preface piece by piece, and reads as the framework does: everything, each time.
    private static async Task<byte[]> ReadAsync(byte[] bytes, int piece)
    {
        Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 0, minimumSegmentSize: 1));
        SocketAuthority.Reader reader = new(pipe.Reader);
        List<byte> came = [];
        foreach (byte[] part in Encoding.ASCII.GetBytes(Preface).Concat(bytes).Chunk(piece))
        {
            await pipe.Writer.WriteAsync(part);
            came.AddRange(Take(reader) ?? []);
        }

        await pipe.Writer.CompleteAsync();
        came.AddRange(Take(reader) ?? []);
        return [.. came.Skip(Preface.Length)];
    }

    private static byte[]? Take(SocketAuthority.Reader reader)
    {
        if (!reader.TryRead(out ReadResult read))
        {
            return null;
        }

        byte[] bytes = read.Buffer.ToArray();
        reader.AdvanceTo(read.Buffer.End);
        return bytes;
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
}
