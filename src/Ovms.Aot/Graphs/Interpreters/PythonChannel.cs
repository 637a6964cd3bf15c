using System.Buffers.Binary;
using Ovms.Tensors;

namespace Ovms.Graphs.Interpreters;

/// <summary>
/// Frames to and from the process of a Python node; the protocol is written down in native/python/ovms_node.py. Tensors are written from
/// and read into the memory that they stay in. Blocks; for one thread.
/// </summary>
/// <param name="requests">The input of the process.</param>
/// <param name="answers">The output of the process.</param>
internal sealed class PythonChannel(Stream requests, Stream answers)
{
    /// <summary>The version of the protocol.</summary>
    public const uint Version = 2;

    /// <summary>Bytes of the tensors of one answer, as of a message. The other end knows the limit too.</summary>
    public const long MostData = NativeBuffer.MaxLength;

    private const int MostHead = 1 << 20;
    private const int MostTensors = 1024;

    private readonly HeadWriter _writer = new();
    private readonly byte[] _header = new byte[HeadWriter.HeaderSize];

    /// <summary>Asks to load the handler.</summary>
    public void Start(PythonHandler handler) => Send(
        _writer.Begin().Number(Version).Text(handler.Path).Text(handler.Folder).Text(handler.Node).Texts(handler.Inputs)
            .Texts(handler.Outputs).End(FrameKind.Start));

    /// <summary>Asks to call the handler.</summary>
    public void Execute(long call, SentTensor[] inputs)
    {
        long bytes = 0;
        _writer.Begin().Long(call).Number((uint)inputs.Length);
        foreach (SentTensor input in inputs)
        {
            _writer.Tensor(input);
            bytes += input.Length;
        }

        requests.Write(_writer.End(FrameKind.Execute, bytes));
        foreach (SentTensor input in inputs)
        {
            requests.Write(input.Bytes);
        }

        requests.Flush();
    }

    /// <summary>Asks a generator to go on, or drops it.</summary>
    public void Generator(FrameKind kind, long call) => Send(_writer.Begin().Long(call).End(kind));

    /// <summary>Asks to finalize.</summary>
    public void Finish() => Send(_writer.Begin().End(FrameKind.Finish));

    /// <summary>Reads an answer.</summary>
    /// <param name="head">Its head.</param>
    /// <param name="tensors">Its tensors, whose content belongs to the caller.</param>
    /// <returns>Its kind.</returns>
    /// <exception cref="IOException">The process has ended.</exception>
    /// <exception cref="InvalidDataException">What came is no answer.</exception>
    public FrameKind Read(out byte[] head, out ReceivedTensor[] tensors)
    {
        answers.ReadExactly(_header);
        FrameKind kind = (FrameKind)BinaryPrimitives.ReadUInt32LittleEndian(_header);
        uint headBytes = BinaryPrimitives.ReadUInt32LittleEndian(_header.AsSpan(4));
        long dataBytes = BinaryPrimitives.ReadInt64LittleEndian(_header.AsSpan(8));
        if (kind is < FrameKind.Ready or > FrameKind.Finished || headBytes > MostHead || dataBytes is < 0 or > MostData
            || (kind != FrameKind.Outputs && dataBytes != 0))
        {
            throw new InvalidDataException($"a frame of kind {(uint)kind} with {headBytes} and {dataBytes} bytes came");
        }

        head = headBytes == 0 ? [] : new byte[headBytes];
        answers.ReadExactly(head);
        tensors = kind == FrameKind.Outputs ? TensorsOf(head, dataBytes) : [];
        try
        {
            foreach (ReceivedTensor tensor in tensors)
            {
                answers.ReadExactly(tensor.Content.Bytes);
            }
        }
        catch
        {
            new PythonAnswer(tensors).Discard();
            throw;
        }

        return kind;
    }

    private void Send(ReadOnlySpan<byte> frame)
    {
        requests.Write(frame);
        requests.Flush();
    }

    // All of the head is checked before memory is taken.
    private static ReceivedTensor[] TensorsOf(byte[] head, long dataBytes)
    {
        HeadReader reader = new(head);
        _ = reader.Long();
        _ = reader.Number();
        uint count = reader.Number();
        if (count > MostTensors)
        {
            throw new InvalidDataException($"an answer of {count} tensors came; at most {MostTensors} are taken");
        }

        List<(string Name, string Datatype, long[] Shape, BufferForm Buffer, int Bytes)> said = [];
        long left = dataBytes;
        for (int i = 0; i < count; i++)
        {
            string name = reader.Text();
            string datatype = reader.Text();
            long[] shape = reader.Dims();
            BufferForm buffer = new(reader.Text(), reader.Dims());
            long bytes = reader.Long();
            if (bytes < 0 || bytes > left)
            {
                throw new InvalidDataException($"a tensor of {bytes} bytes came in an answer of {dataBytes}");
            }

            left -= bytes;
            said.Add((name, datatype, shape, buffer, (int)bytes));
        }

        return left == 0 && reader.IsAtEnd
            ? [.. said.Select(static one => new ReceivedTensor(one.Name, one.Datatype, one.Shape, one.Buffer, Room(one.Bytes)))]
            : throw new InvalidDataException($"an answer of {dataBytes} bytes has {left} that belong to no tensor, or its head is longer");
    }

    private static NativeBuffer Room(int bytes)
    {
        NativeBuffer room = new(Math.Max(bytes, 1));
        room.Advance(bytes);
        return room;
    }
}
