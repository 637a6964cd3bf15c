using System.Runtime.InteropServices;
using Ovms.Inference;
using Ovms.Inference.Checks;
using Ovms.Inference.Images;
using Ovms.Inference.Messages;
using Ovms.Native;
using Ovms.Serving.Signatures;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Tests.Inference.Images;

/// <summary>Sends images through check and conversion, as a call does, for an input "x".</summary>
internal static class Decoded
{
    /// <summary>A shape of fixed size.</summary>
    public static PartialShape Fixed(int height, int width, int channels, int batch = 1) => PartialShape.Of(batch, height, width, channels);

    /// <summary>Any batch, any size.</summary>
    public static PartialShape Any(int channels) => new(Dimension.Dynamic, Dimension.Dynamic, Dimension.Dynamic, Dimension.Of(channels));

    /// <summary>What came out for images of one call; the caller disposes the message.</summary>
    public static async Task<(Outcome Outcome, InferMessage Message)> TryAsync(
        PartialShape shape, ElementType type, byte[][] files, string layout = "NHWC", ConversionBudget? budget = null, CancellationToken cancellation = default)
    {
        Signature signature = new([new TensorInfo(0, "x", type, shape, layout)], []);
        InferMessage message = Requests.Message(Requests.Raw("x", "BYTES", [files.Length], Pack(files)));
        Outcome outcome = RequestValidator.Check(signature, message);
        if (outcome.IsOk)
        {
            outcome = budget is null
                ? await new BytesConversion(ConversionBudget.OfThisMachine()).ConvertAsync(signature, message, cancellation)
                : await new ImageDecoding(budget).DecodeAsync(signature, message, cancellation);
        }

        return (outcome, message);
    }

    /// <summary>The elements and shape; a refusal fails the test with its text.</summary>
    public static async Task<(T[] Values, long[] Shape)> ValuesAsync<T>(PartialShape shape, ElementType type, params byte[][] files)
        where T : unmanaged
    {
        (Outcome outcome, InferMessage message) = await TryAsync(shape, type, files);
        using InferMessage owned = message;
        await Assert.That(outcome.Text).IsEqualTo("OK");
        await Assert.That(message.Inputs[0].Source).IsEqualTo(ContentSource.Raw);
        await Assert.That(ContentValidator.Check(TensorMarshaler.For(type), message.Inputs[0]).Text).IsEqualTo("OK");
        return (MemoryMarshal.Cast<byte, T>(message.Inputs[0].Content!.Bytes).ToArray(), message.Inputs[0].Shape);
    }

    /// <summary>The text that the caller hears.</summary>
    public static async Task<string> RefusalAsync(PartialShape shape, ElementType type, byte[][] files, string layout = "NHWC")
    {
        (Outcome outcome, InferMessage message) = await TryAsync(shape, type, files, layout);
        message.Dispose();
        await Assert.That(outcome.Code.ToHttp()).IsBetween(400, 499).Because(outcome.Text);
        return outcome.Text;
    }

    private static byte[] Pack(byte[][] files) => [.. files.SelectMany(static file => (byte[])[.. BitConverter.GetBytes(file.Length), .. file])];
}
