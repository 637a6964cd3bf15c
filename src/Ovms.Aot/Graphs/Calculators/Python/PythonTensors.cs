using Ovms.Graphs.Calculators.OpenVino;
using Ovms.Graphs.Interpreters;
using Ovms.Native;
using Ovms.Serving.Signatures;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Graphs.Calculators.Python;

/// <summary>
/// Tensors on their way into Python and out of it. A handler may state any datatype and shape of its bytes. Numbers must have as many bytes
/// as they need; what no datatype here describes stays bytes under the stated name.
/// </summary>
internal static class PythonTensors
{
    /// <summary>Describes a packet's tensor to a handler.</summary>
    /// <param name="packet">The packet, which lives until the question is written.</param>
    /// <param name="stream">Its name in Python if the packet says none.</param>
    /// <param name="packed">Receives memory that the caller disposes when the question is written: texts that were the engine's.</param>
    public static unsafe SentTensor ToPython(TensorPacket packet, string stream, List<NativeBuffer> packed)
    {
        PythonPacket? own = packet as PythonPacket;
        TensorValue value = packet.Value;
        SentTensor sent;
        if (value.Output is { } output)
        {
            long[] shape = output.Shape.ToArray();
            if (output.Info.ElementType == ElementType.String)
            {
                NativeBuffer texts = new((int)output.RawLength);
                packed.Add(texts);
                output.WriteRaw(texts);
                sent = new SentTensor(stream, output.Info.Datatype, shape, (nint)texts.Address, texts.Length);
            }
            else
            {
                ReadOnlySpan<byte> bytes = output.Bytes;
                fixed (byte* address = bytes)
                {
                    sent = new SentTensor(stream, output.Info.Datatype, shape, (nint)address, bytes.Length);
                }
            }
        }
        else
        {
            NativeBuffer? content = value.Input is { } input ? input.Content : value.Copy;
            sent = new SentTensor(
                stream,
                value.Input?.Datatype ?? value.Info!.Datatype,
                value.Input?.Shape ?? value.Shape,
                content is null ? 0 : (nint)content.Address,
                content?.Length ?? 0);
        }

        return own is null ? sent : sent with { Name = own.Name, Buffer = own.Buffer };
    }

    /// <summary>Makes a handler's tensor a packet's value.</summary>
    /// <param name="tensor">The tensor; its content is owned by the packet, or freed after a failure.</param>
    public static Outcome<TensorPacket> FromPython(ReceivedTensor tensor)
    {
        Outcome<TensorInfo> info = Describe(tensor.Datatype, tensor.Shape, tensor.Content);
        if (!info.IsOk)
        {
            tensor.Content.Dispose();
            return Outcome.Fail(info.Code, $"execute gave {Shown.Bounded(tensor.Name)} with {info.Detail}");
        }

        TensorValue value = new(null, null, info.Value, tensor.Content, tensor.Shape);
        return new PythonPacket(value, new BufferOwner(tensor.Content), tensor.Name, tensor.Buffer);
    }

    /// <summary>Finds what bytes are that come with any datatype and shape.</summary>
    /// <param name="datatype">The datatype as stated.</param>
    /// <param name="shape">The shape as stated.</param>
    /// <param name="content">The bytes; null for none.</param>
    /// <returns>Numbers or well-formed BYTES of that shape, or bytes with a stated datatype; or which rule the three break.</returns>
    public static Outcome<TensorInfo> Describe(string datatype, long[] shape, NativeBuffer? content)
    {
        long count = 1;
        foreach (long dimension in shape)
        {
            if (dimension < 0 || (dimension > 0 && count > TensorMarshaler.MaxCount / dimension))
            {
                return Fail($"the shape {Text(shape)}; expected dimensions from 0 whose product is a size of memory");
            }

            count *= dimension;
        }

        TensorMarshaler? marshaler = TensorMarshaler.ForDatatype(datatype);
        int length = content?.Length ?? 0;
        if (marshaler is null || (marshaler.ElementType == ElementType.String && !IsPacked(content, count)))
        {
            return InfoOf(ElementType.U8, shape) with { StatedDatatype = datatype };
        }

        return marshaler.ElementType == ElementType.String || marshaler.ByteLength(count) == length
            ? InfoOf(marshaler.ElementType, shape)
            : Fail(
                $"{length} bytes, but {datatype} with the shape {Text(shape)} has {marshaler.ByteLength(count)}; leave shape and datatype "
                    + "out, or state a datatype of your own");
    }

    private static TensorInfo InfoOf(ElementType type, long[] shape) => new(0, "", type, PartialShape.Of(shape), "...");

    private static bool IsPacked(NativeBuffer? content, long count)
    {
        BytesElements elements = new(content is null ? default : content.Bytes);
        long found = 0;
        while (elements.TryRead(out _))
        {
            found++;
        }

        return elements.Left == 0 && found == count;
    }

    private static string Text(long[] shape) => $"[{string.Join(",", shape.Take(HeadReader.MostDims))}]";

    private static Outcome Fail(string why) => Outcome.Fail(StatusCode.GraphExecutionError, why);
}
