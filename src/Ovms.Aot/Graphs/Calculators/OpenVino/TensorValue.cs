using Ovms.Inference.Messages;
using Ovms.Native;
using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;
using Ovms.Tensors;

namespace Ovms.Graphs.Calculators.OpenVino;

/// <summary>
/// A tensor in a graph: an input of the request, an output of a model, or a copy of one. Borrowed from who made it.
/// </summary>
/// <param name="Input">The input; null for an output.</param>
/// <param name="Output">The output, still in the engine's memory or detached from its infer request; null for an input or a copy.</param>
/// <param name="Info">What the model says of the output; null for an input.</param>
/// <param name="Copy">The copy's bytes in the raw form of the APIs; null for others.</param>
/// <param name="Shape">The copy's shape.</param>
internal readonly record struct TensorValue(InputTensor? Input, OutputTensor? Output, TensorInfo? Info, NativeBuffer? Copy, long[] Shape)
{
    /// <summary>An input of the request.</summary>
    public static TensorValue Of(InputTensor input) => new(input, null, null, null, []);

    /// <summary>An output of a model.</summary>
    public static TensorValue Of(OutputTensor output) => new(null, output, output.Info, null, []);

    /// <summary>A copy of an output, which the caller disposes.</summary>
    public static TensorValue CopyOf(OutputTensor output)
    {
        NativeBuffer copy = new((int)output.RawLength);
        output.WriteRaw(copy);
        return new TensorValue(null, null, output.Info, copy, output.Shape.ToArray());
    }

    /// <summary>Makes it an input of a model, without copying numbers.</summary>
    /// <param name="target">The input, empty but for its name.</param>
    public unsafe void Give(InputTensor target)
    {
        if (Input is { } input)
        {
            target.Datatype = input.Datatype;
            target.TakeShape(input.Shape);
            Fill(target, input.Content, input.Datatype == TensorMarshaler.For(ElementType.String).Datatype);
            (target.Source, target.ValueCount) = (input.Source, input.ValueCount);
        }
        else if (Output is { } output)
        {
            target.Datatype = output.Info.Marshaler.Datatype;
            target.TakeShape(output.Shape);
            target.Source = ContentSource.Raw;
            ReadOnlySpan<byte> bytes = output.Bytes;
            fixed (byte* address = bytes)
            {
                target.Content = bytes.IsEmpty ? null : NativeBuffer.Over(address, bytes.Length);
            }
        }
        else
        {
            target.Datatype = Info!.Datatype;
            target.TakeShape(Shape);
            Fill(target, Copy, Info.ElementType == ElementType.String);
            target.Source = ContentSource.Raw;
        }
    }

    /// <summary>Makes it an output of the graph.</summary>
    /// <param name="info">The output.</param>
    /// <returns>A tensor that the caller disposes; the memory under numbers stays the call's.</returns>
    public OutputTensor ToOutput(TensorInfo info)
    {
        if (Output is { } output)
        {
            return output.As(info);
        }

        NativeBuffer? content = Input is { } input ? input.Content : Copy;
        if (info.StatedDatatype is not null)
        {
            return new OutputTensor(info, BoundInput.Create(info, [content?.Length ?? 0], content), Shape);
        }

        using NativeBuffer? text = info.ElementType == ElementType.String && content is not null ? Again(content) : null;
        return new OutputTensor(info, BoundInput.Create(info, Input?.Shape ?? Shape, text ?? content));
    }

    private static void Fill(InputTensor target, NativeBuffer? content, bool isText)
    {
        if (content is not null && isText)
        {
            target.Content = Again(content);
        }
        else if (content is not null)
        {
            target.TakeView(content, content.Bytes);
        }
    }

    // The engine's strings are made of the content by compacting it in place, so that each reader needs its own.
    private static NativeBuffer Again(NativeBuffer content)
    {
        NativeBuffer own = new(content.Length);
        content.Bytes.CopyTo(own.GetSpan(content.Length));
        own.Advance(content.Length);
        return own;
    }
}
