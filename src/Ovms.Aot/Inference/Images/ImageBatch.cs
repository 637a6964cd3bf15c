using System.Runtime.InteropServices;
using Ovms.Inference.Bytes;
using Ovms.Inference.Messages;
using Ovms.Serving.Signatures;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Inference.Images;

/// <summary>The images of one input, decoded into one tensor.</summary>
internal sealed unsafe class ImageBatch(TensorInfo info, InputTensor input, ConversionShare share, ConversionBudget budget) : IDisposable
{
    private readonly PixelWriter _writer = PixelWriter.For(info.ElementType)!;
    private readonly long _count = input.Shape[0];
    private NativeBuffer? _elements;
    private ImageSize _size;
    private (int Width, int Height) _firstResolution;
    private long _index;

    /// <summary>Decodes all images and gives the input its elements, or returns the fault of the first bad image.</summary>
    public Outcome Decode(CancellationToken cancellation)
    {
        BytesElements files = new(input.Content!.Bytes);
        while (files.TryRead(out ReadOnlySpan<byte> file))
        {
            cancellation.ThrowIfCancellationRequested();
            Outcome decoded = Decode(file, cancellation);
            if (!decoded.IsOk)
            {
                return decoded.Code == StatusCode.OutOfMemory
                    ? decoded
                    : BytesFault.Image(decoded.Code, input, _index, decoded.Detail ?? "");
            }

            _index++;
        }

        input.Content.Dispose();
        // Where a pipeline takes the batch apart, each image is a batch of one.
        long[] shape = [_size.Height, _size.Width, _size.Channels];
        input.TakeElements(_elements!, info, info.Shape.Rank == shape.Length + 1 ? [_count, .. shape] : [_count, 1, .. shape]);
        _elements = null;
        return Outcome.Ok;
    }

    /// <inheritdoc/>
    public void Dispose() => _elements?.Dispose();

    private Outcome Decode(ReadOnlySpan<byte> file, CancellationToken cancellation)
    {
        Outcome<ImageFile> opened = ImageFile.Open(file, _writer.TakesDeepSamples, budget.ScannedPixels);
        if (!opened.IsOk)
        {
            return opened.WithoutValue;
        }

        using ImageFile image = opened.Value;
        Outcome fits = _index == 0 ? Begin(image) : CheckAgainstFirst(image);
        return fits.IsOk ? Write(image, cancellation) : fits;
    }

    private Outcome Begin(ImageFile image)
    {
        Outcome<ImageSize> size = ImageSize.Of(info.ImageShape, image);
        if (!size.IsOk)
        {
            return size.WithoutValue;
        }

        _size = size.Value;
        _firstResolution = (image.Width, image.Height);
        long length = _size.Values * _writer.ElementSize;
        if (length > NativeBuffer.MaxLength / _count)
        {
            return Outcome.Fail(
                StatusCode.MessageTooLarge,
                $"the tensor would be ({_count},{_size.Height},{_size.Width},{_size.Channels}) {info.Marshaler.Datatype}; "
                    + $"Expected: at most {NativeBuffer.MaxLength} bytes");
        }

        Outcome taken = share.TryTake(length * _count);
        if (taken.IsOk)
        {
            _elements = new NativeBuffer((int)(length * _count));
        }

        return taken;
    }

    private Outcome CheckAgainstFirst(ImageFile image)
    {
        bool isFixed = info.ImageShape.Dimensions[^3].IsStatic && info.ImageShape.Dimensions[^2].IsStatic;
        return isFixed || (image.Width, image.Height) == _firstResolution
            ? _size.CheckChannels(image)
            : Outcome.Fail(
                StatusCode.BinaryImagesResolutionMismatch,
                $"Expected: {_firstResolution.Width} x {_firstResolution.Height} as the first; Actual: {image.Width} x {image.Height}");
    }

    private Outcome Write(ImageFile image, CancellationToken cancellation)
    {
        int length = (int)(_size.Values * _writer.ElementSize);
        Span<byte> elements = _elements!.Free[..length];
        bool isAsDecoded = _writer == PixelWriter.For(Native.ElementType.U8)
            && (_size.Height, _size.Width, _size.Channels) == (image.Height, image.Width, image.SamplesPerPixel);
        Outcome written = isAsDecoded ? DecodeInto(image, elements, cancellation) : DecodeAside(image, elements, cancellation);
        _elements.Advance(written.IsOk ? length : 0);
        return written;
    }

    // The decoded bytes are what the model takes, so they are decoded straight into the tensor.
    private static Outcome DecodeInto(ImageFile image, Span<byte> elements, CancellationToken cancellation)
    {
        fixed (byte* first = elements)
        {
            return image.Decode(first, cancellation);
        }
    }

    private Outcome DecodeAside(ImageFile image, Span<byte> elements, CancellationToken cancellation)
    {
        long length = image.DecodedBytes;
        long held = length + image.WorkingBytes;
        Outcome taken = budget.TryTake(held);
        if (!taken.IsOk)
        {
            return taken;
        }

        try
        {
            using NativeBuffer pixels = new((int)length);
            Outcome decoded = image.Decode((byte*)pixels.Address, cancellation);
            if (!decoded.IsOk)
            {
                return decoded;
            }

            ReadOnlySpan<byte> samples = pixels.Free[..(int)length];
            if (image.IsDeep)
            {
                Bilinear.Resize(
                    MemoryMarshal.Cast<byte, ushort>(samples),
                    image.Width,
                    image.SamplesPerPixel,
                    _size,
                    _writer,
                    elements,
                    cancellation);
            }
            else
            {
                Bilinear.Resize(samples, image.Width, image.SamplesPerPixel, _size, _writer, elements, cancellation);
            }

            return Outcome.Ok;
        }
        finally
        {
            budget.Return(held);
        }
    }
}
