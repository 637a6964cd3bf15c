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
    public static byte[] Headers(int stream, string path, string authority = "ovms") => Frame(1, EndHeaders, stream,
    [
        .. Literal(":method", "POST"), .. Literal(":scheme", "http"), .. Literal(":path", path), .. Literal(":authority", authority),
        .. Literal("content-type", "application/grpc"), .. Literal("te", "trailers"),
    ]);

    /// <summary>A call's whole body.</summary>
    public static byte[] Data(int stream, byte[] body) => Frame(0, EndStream, stream, body);

    /// <summary>Some of a call's body.</summary>
    public static byte[] Unfinished(int stream, byte[] body) => Frame(0, 0, stream, body);

    /// <summary>A call's whole body in frames of a length.</summary>
    public static IEnumerable<byte[]> Data(int stream, byte[] body, int length) =>
        body.Chunk(length).Select((part, index) => Frame(0, (index + 1) * length >= body.Length ? EndStream : (byte)0, stream, part));

    /// <summary>How much the caller takes of each stream before it gives leave to send more.</summary>
    public static byte[] StreamWindow(int bytes)
    {
        byte[] setting = new byte[6];
        setting[1] = 4;
        BinaryPrimitives.WriteInt32BigEndian(setting.AsSpan(2), bytes);
        return Frame(4, 0, 0, setting);
    }

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

    /// <summary>Reads until streams have ended; what came as their bodies, null for one that was reset or cut off.</summary>
    public static async Task<byte[]?[]> BodiesAsync(Socket socket, params int[] streams)
    {
        Dictionary<int, MemoryStream> open = streams.ToDictionary(static stream => stream, static _ => new MemoryStream());
        Dictionary<int, byte[]> ended = [];
        await foreach ((byte type, byte flags, int stream, byte[] payload) in FramesAsync(socket))
        {
            if (type == 0)
            {
                open[stream].Write(payload);
            }

            if (type == 3)
            {
                open.Remove(stream);
            }
            else if (type is 0 or 1 && (flags & EndStream) != 0 && open.Remove(stream, out MemoryStream? body))
            {
                ended[stream] = body.ToArray();
            }

            if (open.Count == 0)
            {
                break;
            }
        }

        return [.. streams.Select(stream => ended.GetValueOrDefault(stream))];
    }

    /// <summary>Reads until a stream ends; the frame that ends it, as text. Empty where the connection ended before.</summary>
    public static async Task<string> EndAsync(Socket socket, int stream)
    {
        string end = "";
        await foreach ((byte type, byte flags, int of, byte[] payload) in FramesAsync(socket))
        {
            if (of == stream && type is 0 or 1 && (flags & EndStream) != 0)
            {
                end = Encoding.Latin1.GetString(payload);
                break;
            }
        }

        return end;
    }

    /// <summary>Reads until each stream has sent some of its body.</summary>
    public static async Task BegunAsync(Socket socket, params int[] streams)
    {
        HashSet<int> silent = [.. streams];
        await foreach ((byte type, _, int stream, byte[] payload) in FramesAsync(socket))
        {
            if (type == 0 && payload.Length > 0 && silent.Remove(stream) && silent.Count == 0)
            {
                break;
            }
        }
    }

    /// <summary>Reads until the connection ends; the frames that ended streams, as text.</summary>
    public static async Task<IReadOnlyDictionary<int, string>> EndsAsync(Socket socket)
    {
        Dictionary<int, string> ends = [];
        await foreach ((byte type, byte flags, int stream, byte[] payload) in FramesAsync(socket))
        {
            if (type is 0 or 1 && (flags & EndStream) != 0)
            {
                ends[stream] = Encoding.Latin1.GetString(payload);
            }
        }

        return ends;
    }

    /// <summary>Reads until the server resets a stream.</summary>
    /// <returns>Its reason; null where it ended otherwise, or the connection did.</returns>
    public static async Task<int?> ResetReasonAsync(Socket socket, int stream)
    {
        int? reason = null;
        await foreach ((byte type, _, int of, byte[] payload) in FramesAsync(socket))
        {
            if (of == stream && type is 3)
            {
                reason = BinaryPrimitives.ReadInt32BigEndian(payload);
                break;
            }
        }

        return reason;
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

    // Until the connection ends.
    private static async IAsyncEnumerable<(byte Type, byte Flags, int Stream, byte[] Payload)> FramesAsync(Socket socket)
    {
        using CancellationTokenSource limit = new(OvmsProcess.Patience);
        await using NetworkStream bytes = new(socket, ownsSocket: false);
        byte[] head = new byte[9];
        while (await TryReadAsync(head))
        {
            byte[] payload = new byte[BinaryPrimitives.ReadInt32BigEndian(head) >>> 8];
            if (!await TryReadAsync(payload))
            {
                yield break;
            }

            yield return (head[3], head[4], BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5)), payload);
        }

        async Task<bool> TryReadAsync(byte[] buffer)
        {
            try
            {
                await bytes.ReadExactlyAsync(buffer, limit.Token);
                return true;
            }
            catch (Exception closed) when (closed is EndOfStreamException or IOException)
            {
                return false;
            }
        }
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
