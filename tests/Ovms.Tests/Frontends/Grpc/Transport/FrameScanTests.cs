using System.Text;
using Ovms.Frontends.Grpc.Transport;

namespace Ovms.Tests.Frontends.Grpc.Transport;

public sealed class FrameScanTests
{
    private static readonly byte[] s_preface = Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

    [Test]
    public async Task HoweverTheBytesAreCut_StreamsAndResetsAreCounted()
    {
        // A body that looks like a reset, an empty frame, padding; two streams, one of them reset.
        byte[] bytes =
        [
            .. s_preface, .. Frame(4, new byte[6]), .. Frame(1, new byte[40]), .. Frame(0, [.. Frame(3, [0, 0, 0, 8]), 1, 2]), .. Frame(0, []),
            .. Frame(1, []), .. Frame(3, [0, 0, 0, 8]), .. Frame(6, new byte[8]),
        ];
        for (int step = 1; step <= bytes.Length; step++)
        {
            FrameScan scan = new(isFromCaller: true);
            for (int at = 0; at < bytes.Length; at += step)
            {
                scan.Take(bytes.AsSpan(at, Math.Min(step, bytes.Length - at)));
            }

            await Assert.That((scan.Streams, scan.Resets)).IsEqualTo((2, 1)).Because($"in pieces of {step}");
        }
    }

    [Test]
    [Arguments(0, 0)]
    [Arguments(1, 1)]
    [Arguments(3, 1)]
    [Arguments(7, 0)]
    [Arguments(8, 0)]
    public async Task OfTheServersResets_OnlyThoseForACallersFaultCount(int code, int expected)
    {
        FrameScan scan = new(isFromCaller: false);
        scan.Take([.. Frame(4, []), .. Frame(3, [0, 0, 0, (byte)code])]);
        await Assert.That(scan.Resets).IsEqualTo(expected);
    }

    [Test]
    public async Task ManyStreamsAtOnce_AreTakenInParts()
    {
        FrameScan scan = new(isFromCaller: true);
        byte[] streams = [.. s_preface, .. Enumerable.Range(0, 10).SelectMany(static _ => Frame(1, new byte[5]))];
        int taken = scan.Take(streams, mostStreams: 4);
        await Assert.That(scan.Streams).IsEqualTo(4);
        scan.Streams = 0;
        await Assert.That(taken).IsLessThan(streams.Length);
        await Assert.That(taken + scan.Take(streams.AsSpan(taken))).IsEqualTo(streams.Length);
        await Assert.That(scan.Streams).IsEqualTo(6);
    }

    private static byte[] Frame(byte type, byte[] payload) => [0, (byte)(payload.Length >> 8), (byte)payload.Length, type, 0, 0, 0, 0, 1, .. payload];
}
