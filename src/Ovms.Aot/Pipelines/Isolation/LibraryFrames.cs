using System.Collections.Immutable;
using Ovms.Native;
using Ovms.Pipelines.Libraries;
using Ovms.Pipelines.Tensors;
using Ovms.Processes;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Pipelines.Isolation;

/// <summary>
/// What the server and the process of a library say to each other; both ends use this file. Heads are written as BinaryWriter does: numbers
/// little-endian, texts in UTF-8 after their length. Tensors are described in the head, and their elements are the data, in that order.
/// </summary>
/// <remarks>
/// Requests: Load (nothing) loads the library, whose name and path are arguments of the process. Open (instance, parameters) calls
/// initialize. Inputs and Outputs (instance) call getInputsInfo and getOutputsInfo. Execute (instance, wanted names, inputs) calls execute.
/// Close (instance) calls deinitialize when the last call of the instance has returned. Answers: Done with ports or outputs, or Failed
/// (status, detail).
/// </remarks>
internal static class LibraryFrames
{
    /// <summary>Load the library.</summary>
    public const uint Load = 1;

    /// <summary>Make an instance.</summary>
    public const uint Open = 2;

    /// <summary>Describe the inputs of an instance.</summary>
    public const uint Inputs = 3;

    /// <summary>Describe the outputs of an instance.</summary>
    public const uint Outputs = 4;

    /// <summary>Compute.</summary>
    public const uint Execute = 5;

    /// <summary>End an instance.</summary>
    public const uint Close = 6;

    /// <summary>The answer to a request that succeeded.</summary>
    public const uint Done = 7;

    /// <summary>The answer to a request that failed.</summary>
    public const uint Failed = 8;

    private const int MostEntries = 4096;

    /// <summary>Writes a head.</summary>
    public static byte[] Head(Action<BinaryWriter> write)
    {
        using MemoryStream memory = new();
        using BinaryWriter writer = new(memory);
        write(writer);
        writer.Flush();
        return memory.ToArray();
    }

    /// <summary>Reads a head.</summary>
    /// <exception cref="InvalidDataException">It is not what is read.</exception>
    public static T Read<T>(byte[] head, Func<BinaryReader, T> read)
    {
        try
        {
            using BinaryReader reader = new(new MemoryStream(head));
            return read(reader);
        }
        catch (Exception failure) when (failure is IOException or FormatException or ArgumentException)
        {
            throw new InvalidDataException($"a head of {head.Length} bytes: {failure.Message}");
        }
    }

    /// <summary>Writes parameters.</summary>
    public static void Write(BinaryWriter writer, IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        writer.Write(parameters.Count);
        foreach ((string key, string value) in parameters)
        {
            writer.Write(key);
            writer.Write(value);
        }
    }

    /// <summary>Reads parameters.</summary>
    public static KeyValuePair<string, string>[] ReadParameters(BinaryReader reader)
    {
        // No bound but the head's: a configuration may have many parameters.
        List<KeyValuePair<string, string>> parameters = [];
        for (int left = reader.ReadInt32(); left > 0; left--)
        {
            parameters.Add(KeyValuePair.Create(reader.ReadString(), reader.ReadString()));
        }

        return [.. parameters];
    }

    /// <summary>Writes names.</summary>
    public static void Write(BinaryWriter writer, IReadOnlyList<string> names)
    {
        writer.Write(names.Count);
        foreach (string name in names)
        {
            writer.Write(name);
        }
    }

    /// <summary>Reads names.</summary>
    public static string[] ReadNames(BinaryReader reader)
    {
        string[] names = new string[Count(reader)];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = reader.ReadString();
        }

        return names;
    }

    /// <summary>Writes ports, which have the sizes that libraries tell: fixed or any.</summary>
    public static void Write(BinaryWriter writer, ImmutableArray<NodePort> ports)
    {
        writer.Write(ports.Length);
        foreach (NodePort port in ports)
        {
            writer.Write(port.Name);
            writer.Write((int)port.Type);
            WriteShape(writer, Array.ConvertAll(port.Shape.Dimensions.ToArray(), static size => size.IsStatic ? size.Min : -1));
        }
    }

    /// <summary>Reads ports.</summary>
    public static ImmutableArray<NodePort> ReadPorts(BinaryReader reader)
    {
        NodePort[] ports = new NodePort[Count(reader)];
        for (int i = 0; i < ports.Length; i++)
        {
            (string name, ElementType type) = (reader.ReadString(), ReadType(reader));
            Dimension[] sizes = Array.ConvertAll(ReadShape(reader), static size => size < 0 ? Dimension.Dynamic : Dimension.Of(size));
            ports[i] = new NodePort(name, type, new PartialShape(sizes));
        }

        return [.. ports];
    }

    /// <summary>Describes a tensor.</summary>
    public static void Write(BinaryWriter writer, NodeTensor tensor)
    {
        writer.Write((int)tensor.Type);
        WriteShape(writer, tensor.Shape);
    }

    /// <summary>Reads tensors whose descriptions are the rest of a head.</summary>
    /// <param name="reader">The head.</param>
    /// <param name="data">The elements.</param>
    /// <param name="count">The number of tensors.</param>
    /// <returns>The tensors, held by the caller.</returns>
    /// <exception cref="InvalidDataException">The descriptions do not fit the data.</exception>
    public static NodeTensor[] ReadTensors(BinaryReader reader, FrameReader data, int count)
    {
        (ElementType Type, long[] Shape)[] described = new (ElementType, long[])[count];
        ulong needed = 0;
        for (int i = 0; i < count; i++)
        {
            described[i] = (ReadType(reader), ReadShape(reader));
            long elements = NodeTensor.CountOf(described[i].Shape);
            long bytes = elements < 0 ? -1 : TensorMarshaler.For(described[i].Type).ByteLength(elements);
            needed = bytes < 0 ? ulong.MaxValue : needed + (ulong)bytes;
            if (needed > data.DataLeft)
            {
                break;
            }
        }

        // Nothing is allocated for what was not sent.
        if (needed != data.DataLeft)
        {
            throw new InvalidDataException($"tensors need {needed} bytes; {data.DataLeft} were sent");
        }

        List<NodeTensor> tensors = new(count);
        try
        {
            foreach ((ElementType type, long[] shape) in described)
            {
                NodeTensor tensor = NodeTensor.Allocate(type, shape);
                tensors.Add(tensor);
                data.Fill(tensor.Address, tensor.Bytes);
            }

            return [.. tensors];
        }
        catch
        {
            tensors.ForEach(static tensor => tensor.Memory!.Release());
            throw;
        }
    }

    /// <summary>The elements of tensors, as they are sent.</summary>
    public static FramePart[] PartsOf(IEnumerable<NodeTensor> tensors) =>
        [.. tensors.Select(static tensor => new FramePart(tensor.Address, tensor.Bytes))];

    /// <summary>Writes a failure.</summary>
    public static void Write(BinaryWriter writer, Outcome failure)
    {
        writer.Write((int)failure.Code);
        writer.Write(failure.Detail ?? failure.Code.Message());
    }

    /// <summary>Reads a failure.</summary>
    public static Outcome ReadFailure(BinaryReader reader)
    {
        StatusCode code = (StatusCode)reader.ReadInt32();
        return code != StatusCode.Ok && Enum.IsDefined(code)
            ? Outcome.Fail(code, reader.ReadString())
            : throw new InvalidDataException($"there is no status {(int)code}");
    }

    /// <summary>Reads a number of entries.</summary>
    public static int Count(BinaryReader reader) => reader.ReadInt32() is >= 0 and <= MostEntries and var count
        ? count
        : throw new InvalidDataException($"a number of entries is negative or above {MostEntries}");

    private static void WriteShape(BinaryWriter writer, long[] shape)
    {
        writer.Write(shape.Length);
        foreach (long size in shape)
        {
            writer.Write(size);
        }
    }

    private static long[] ReadShape(BinaryReader reader)
    {
        long[] shape = new long[Count(reader)];
        for (int i = 0; i < shape.Length; i++)
        {
            shape[i] = reader.ReadInt64();
        }

        return shape;
    }

    // Texts are no tensors of libraries: their interface has no number for them.
    private static ElementType ReadType(BinaryReader reader) => (ElementType)reader.ReadInt32() is var type && NodePrecision.Of(type) > 0
        ? type
        : throw new InvalidDataException($"there is no element type {(int)type}");
}
