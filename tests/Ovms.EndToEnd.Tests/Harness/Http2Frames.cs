using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>Frames of HTTP/2 as no client library would send them.</summary>
internal static class Http2Frames
{
    private const byte EndHeaders = 4;
    private const byte EndStream = 1;

    /// <summary>What a connection begins with.</summary>
    public static byte[] Preface => [.. Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), .. Frame(4, 0, 0, [])];

    /// <summary>A call's headers; no message comes with them.</summary>
    public static byte[] Headers(int stream, string path) => Frame(1, EndHeaders, stream,
    [
        .. Literal(":method", "POST"), .. Literal(":scheme", "http"), .. Literal(":path", path), .. Literal(":authority", "ovms"),
        .. Literal("content-type", "application/grpc"), .. Literal("te", "trailers"),
    ]);

    /// <summary>A call's whole body.</summary>
    public static byte[] Data(int stream, byte[] body) => Frame(0, EndStream, stream, body);

    /// <summary>The caller wants a call no more.</summary>
    public static byte[] Reset(int stream) => Frame(3, 0, stream, [0, 0, 0, 8]);

    /// <summary>Leave to send so many bytes more.</summary>
    public static byte[] WindowUpdate(int stream, int bytes)
    {
        byte[] payload = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(payload, bytes);
        return Frame(8, 0, stream, payload);
    }

    /// <summary>Numbers of a caller's streams.</summary>
    public static IEnumerable<int> Streams(int count) => Enumerable.Range(0, count).Select(static i => (2 * i) + 1);

    /// <summary>Connects to a gRPC port and says the preface.</summary>
    public static async Task<Socket> ConnectAsync(int port)
    {
        Socket socket = await RawHttp.ConnectAsync(port);
        await RawHttp.SendAsync(socket, Preface);
        return socket;
    }

    /// <summary>The types of the frames that came until the server closed.</summary>
    public static async Task<IReadOnlyList<byte>> TypesToEndAsync(Socket socket)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(await RawHttp.ReadToEndAsync(socket));
        List<byte> types = [];
        for (int at = 0; at + 9 <= bytes.Length; at += 9 + ((bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2]))
        {
            types.Add(bytes[at + 3]);
        }

        return types;
    }

    private static byte[] Frame(byte type, byte flags, int stream, byte[] payload)
    {
        byte[] frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, (payload.Length << 8) | type);
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        return frame;
    }

    // Not indexed, not compressed; names and values of less than 127 bytes.
    private static byte[] Literal(string name, string value) =>
        [0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), (byte)value.Length, .. Encoding.ASCII.GetBytes(value)];
}
