using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Native;
using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;
using Ovms.Tensors;

namespace Ovms.Bench;

/// <summary>
/// One fixed request for a model, as tensors and in every wire form. Dynamic dimensions get their lower bound, at least 1; numbers are
/// small and positive, strings one letter long. Owns the tensors.
/// </summary>
internal sealed class BenchInput : IDisposable
{
    private const string Letter = "a";
    private readonly ImmutableArray<(TensorInfo Info, long[] Shape, Tensor Tensor)> _inputs;
    private readonly ImmutableArray<NativeBuffer> _contents;

    public BenchInput(Signature signature)
    {
        _inputs = [.. signature.Inputs.Select(static info =>
        {
            long[] shape = ShapeOf(info.Shape);
            return (info, shape, Make(info.ElementType, shape));
        })];
        _contents = [.. _inputs.Select(static input => ContentOf(input.Tensor))];
    }

    /// <summary>Sets every input of an infer request. Numeric inputs use this object's memory.</summary>
    public void BindTo(InferSlot slot)
    {
        for (int i = 0; i < _inputs.Length; i++)
        {
            (TensorInfo info, long[] shape, Tensor tensor) = _inputs[i];
            if (info.ElementType == ElementType.String)
            {
                // Binding compacts the texts in place, so that each binding needs its own buffer.
                using NativeBuffer texts = ContentOf(tensor);
                slot.Bind(info, shape, texts);
            }
            else
            {
                slot.Bind(info, shape, _contents[i]);
            }
        }
    }

    /// <summary>Names and shapes, for the report.</summary>
    public string Description =>
        string.Join(", ", _inputs.Select(static input =>
            $"{input.Info.Name} {input.Info.Marshaler.Datatype} ({string.Join(',', input.Shape)})"));

    /// <summary>A ModelInferRequest with raw contents.</summary>
    public byte[] GrpcMessage(string model)
    {
        ModelInferRequest request = new() { ModelName = model };
        foreach ((TensorInfo info, long[] shape, Tensor tensor) in _inputs)
        {
            request.Inputs.Add(
                new ModelInferRequest.Types.InferInputTensor { Name = info.Name, Datatype = info.Marshaler.Datatype, Shape = { shape } });
            request.RawInputContents.Add(ByteString.CopyFrom(RawOf(tensor)));
        }

        return request.ToByteArray();
    }

    /// <summary>JSON followed by the tensors' bytes, and the length of the JSON; the answer has the same form.</summary>
    public (byte[] Body, int JsonLength) RestBinary()
    {
        byte[][] raw = [.. _inputs.Select(static input => RawOf(input.Tensor))];
        byte[] json = Json((writer, index) =>
        {
            writer.WriteStartObject("parameters");
            writer.WriteNumber("binary_data_size", raw[index].Length);
            writer.WriteEndObject();
        });
        return ([.. json, .. raw.SelectMany(static bytes => bytes)], json.Length);
    }

    /// <summary>JSON alone; null if an input has no JSON form.</summary>
    public byte[]? RestJson()
    {
        ArrayBufferWriter<byte>[] data = [.. _inputs.Select(static _ => new ArrayBufferWriter<byte>())];
        for (int i = 0; i < data.Length; i++)
        {
            if (!_inputs[i].Info.Marshaler.WriteJson(_inputs[i].Tensor, data[i]).IsOk)
            {
                return null;
            }
        }

        return Json((writer, index) =>
        {
            writer.WritePropertyName("data");
            writer.WriteRawValue(data[index].WrittenSpan);
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((_, _, Tensor tensor) in _inputs)
        {
            tensor.Dispose();
        }

        foreach (NativeBuffer content in _contents)
        {
            content.Dispose();
        }
    }

    internal static long[] ShapeOf(PartialShape shape) =>
        [.. Enumerable.Range(0, shape.Rank).Select(axis => shape[axis].IsStatic ? shape[axis].Min : Math.Max(shape[axis].Min, 1))];

    private byte[] Json(Action<Utf8JsonWriter, int> writeContent)
    {
        using MemoryStream text = new();
        using (Utf8JsonWriter writer = new(text))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("inputs");
            for (int i = 0; i < _inputs.Length; i++)
            {
                writer.WriteStartObject();
                writer.WriteString("name", _inputs[i].Info.Name);
                writer.WriteString("datatype", _inputs[i].Info.Marshaler.Datatype);
                writer.WriteStartArray("shape");
                foreach (long dimension in _inputs[i].Shape)
                {
                    writer.WriteNumberValue(dimension);
                }

                writer.WriteEndArray();
                writeContent(writer, i);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return text.ToArray();
    }

    private static NativeBuffer ContentOf(Tensor tensor)
    {
        byte[] raw = RawOf(tensor);
        NativeBuffer content = new(raw.Length);
        content.Write(raw);
        return content;
    }

    private static Tensor Make(ElementType type, long[] shape)
    {
        if (type == ElementType.String)
        {
            int count = (int)shape.Aggregate(1L, static (product, dimension) => product * dimension);
            return Tensor.CreateStrings(
                shape,
                Enumerable.Repeat(Letter.Length, count).ToArray(),
                Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Letter, count))));
        }

        Tensor tensor = Tensor.Allocate(type, shape);
        Fill(type, tensor.Bytes);
        return tensor;
    }

    // Elements of other types stay 0, which is valid in every type.
    private static void Fill(ElementType type, Span<byte> bytes)
    {
        bytes.Clear();
        for (int i = 0; type == ElementType.F32 && i < bytes.Length; i += sizeof(float))
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes[i..], i / sizeof(float) % 251 / 16f);
        }

        for (int i = 0; type == ElementType.F16 && i < bytes.Length; i += sizeof(ushort))
        {
            BinaryPrimitives.WriteHalfLittleEndian(bytes[i..], (Half)(i / sizeof(ushort) % 251 / 16f));
        }

        for (int i = 0; type == ElementType.U8 && i < bytes.Length; i++)
        {
            bytes[i] = (byte)(i % 251);
        }
    }

    private static byte[] RawOf(Tensor tensor)
    {
        if (tensor.ElementType != ElementType.String)
        {
            return tensor.Bytes.ToArray();
        }

        ArrayBufferWriter<byte> packed = new();
        for (int i = 0; i < tensor.Count; i++)
        {
            BytesForm.Write(packed, tensor.GetString(i));
        }

        return packed.WrittenSpan.ToArray();
    }
}
