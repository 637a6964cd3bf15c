using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Grpc.Core;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Frontends.Grpc.Protos.TensorFlow;
using Ovms.Frontends.Grpc.Protos.TensorFlowServing;
using Ovms.Tests.Setup;
using SkiaSharp;
using TUnit.Assertions.Enums;

namespace Ovms.EndToEnd.Tests;

/// <summary>Encoded images in place of pixels, in every way that bytes can be sent, for a model that gives its pixels back.</summary>
public sealed class ImageTests
{
    private const int Width = 6;
    private const int Height = 4;
    private static readonly byte[] s_rgb = ImageFiles.Pattern(Width, Height);
    private static readonly byte[] s_bgr = [.. s_rgb.Chunk(3).SelectMany(static pixel => pixel.Reverse())];
    private static readonly byte[] s_png = ImageFiles.Png(Width, Height, s_rgb);
    private static TinyModel s_model = null!;
    private static OvmsServer s_server = null!;

    [Before(Class)]
    public static async Task StartServer()
    {
        s_model = new TinyModel("u8", "?,?,?,3", "image", "pixels");
        s_server = await OvmsServer.StartAsync(s_model.Path, "tiny", "--layout", "NHWC");
    }

    [After(Class)]
    public static async Task StopServer()
    {
        await s_server.DisposeAsync();
        s_model.Dispose();
    }

    [Test]
    public async Task EveryFormat_IsDecodedBlueFirst()
    {
        byte[][] files =
        [
            s_png,
            ImageFiles.Bmp(Width, Height, s_rgb),
            ImageFiles.Gif(Width, Height, s_rgb),
            ImageFiles.Encode(SKEncodedImageFormat.Webp, Width, Height, s_rgb),
        ];
        foreach (byte[] file in files)
        {
            ModelInferResponse response = await s_server.Client.ModelInferAsync(Raw(file));
            await Assert.That(response.Outputs[0].Shape).IsEquivalentTo([1L, Height, Width, 3], CollectionOrdering.Matching);
            await Assert.That(response.Bytes("pixels").SequenceEqual(s_bgr)).IsTrue().Because(Encoding.ASCII.GetString(file[..6]));
        }
    }

    [Test]
    public async Task JpegOfTooManyScans_IsRefusedAndHoldsNoDecoder()
    {
        // 64 million pixels, 10,000 times over; more calls than there are decoders.
        byte[] small = ImageFiles.Encode(SKEncodedImageFormat.Jpeg, 16, 16, ImageFiles.Pattern(16, 16), quality: 80);
        byte[] file = ImageFiles.WithScans(ImageFiles.Lying(small, 8000, 8000), 10_000);
        RpcException[] refused = await Task.WhenAll(Enumerable.Range(0, 2 * Environment.ProcessorCount).Select(_ =>
            Fault.OfAsync(async () => await s_server.Client.ModelInferAsync(Raw(file)))));
        foreach (RpcException fault in refused)
        {
            await Assert.That(fault.StatusCode).IsEqualTo(StatusCode.InvalidArgument);
            await Assert.That(fault.Status.Detail).Contains("its 10000 scans of 8000 x 8000 pixels").And.Contains("--image_scan_megapixels");
        }

        ModelInferResponse response = await s_server.Client.ModelInferAsync(Raw(s_png));
        await Assert.That(response.Bytes("pixels").SequenceEqual(s_bgr)).IsTrue();
    }

    [Test]
    public async Task Batch_ComesBackImageAfterImage()
    {
        InferTensorContents contents = new();
        contents.BytesContents.Add([ByteString.CopyFrom(s_png), ByteString.CopyFrom(ImageFiles.Bmp(Width, Height, s_rgb))]);
        foreach (ModelInferRequest request in new[] { Raw(s_png, s_png), Requests.For("tiny").WithContents("image", "BYTES", [2], contents) })
        {
            ModelInferResponse response = await s_server.Client.ModelInferAsync(request);
            await Assert.That(response.Outputs[0].Shape).IsEquivalentTo([2L, Height, Width, 3], CollectionOrdering.Matching);
            await Assert.That(response.Bytes("pixels").SequenceEqual([.. s_bgr, .. s_bgr])).IsTrue();
        }
    }

    [Test]
    [Arguments(true)]
    [Arguments(false)]
    public async Task Rest_TakesImagesAsBinaryData(bool tellsSize)
    {
        (int status, byte[] body) = await PostAsync(Requests.Pack(s_png), tellsSize);
        await Assert.That(status).IsEqualTo(200).Because(Encoding.UTF8.GetString(body));
        await Assert.That(body[^s_bgr.Length..].SequenceEqual(s_bgr)).IsTrue();
    }

    [Test]
    [Arguments(1)]
    [Arguments(2)]
    public async Task TensorFlowServing_TakesImagesAsStrings(int images)
    {
        PredictRequest request = new() { ModelSpec = new() { Name = "tiny" } };
        TensorProto tensor = new() { Dtype = DataType.DtString, TensorShape = new() { Dim = { new TensorShapeProto.Types.Dim { Size = images } } } };
        tensor.StringVal.Add(Enumerable.Repeat(ByteString.CopyFrom(s_png), images));
        request.Inputs["image"] = tensor;
        TensorProto pixels = (await new PredictionService.PredictionServiceClient(s_server.Channel).PredictAsync(request)).Outputs["pixels"];
        await Assert.That(pixels.TensorShape.Dim.Select(static dim => dim.Size)).IsEquivalentTo([images, Height, Width, 3L], CollectionOrdering.Matching);
        await Assert.That(pixels.TensorContent.Span.SequenceEqual((byte[])[.. Enumerable.Repeat(s_bgr, images).SelectMany(static image => image)])).IsTrue();
    }

    [Test]
    [Arguments("""{"instances":[IMAGE,IMAGE]}""", "predictions")]
    [Arguments("""{"instances":[{"image":IMAGE},{"image":IMAGE}]}""", "predictions")]
    [Arguments("""{"inputs":{"image":[IMAGE,IMAGE]}}""", "outputs")]
    [Arguments("""{"inputs":[IMAGE,IMAGE]}""", "outputs")]
    public async Task TensorFlowServing_TakesImagesInJson(string body, string key)
    {
        StringContent content = new(body.Replace("IMAGE", $"{{\"b64\":\"{Convert.ToBase64String(s_png)}\"}}", StringComparison.Ordinal));
        using HttpResponseMessage answer = await s_server.Http.PostAsync("/v1/models/tiny:predict", content);
        string text = await answer.Content.ReadAsStringAsync();
        await Assert.That((int)answer.StatusCode).IsEqualTo(200).Because(text);
        string image = $"[{string.Join(',', s_bgr.Chunk(3 * Width).Select(static row => $"[{string.Join(',', row.Chunk(3).Select(static pixel => $"[{string.Join(',', pixel)}]"))}]"))}]";
        await Assert.That(text).IsEqualTo($"{{\"{key}\":[{image},{image}]}}");
    }

    [Test]
    public async Task TensorFlowServing_ImageThatIsNone_IsTheCallers()
    {
        using HttpResponseMessage answer = await s_server.Http.PostAsync("/v1/models/tiny:predict", new StringContent("""{"instances":[{"b64":"bm8gaW1hZ2U="}]}"""));
        await Assert.That((int)answer.StatusCode).IsEqualTo(400);
        await Assert.That(await answer.Content.ReadAsStringAsync()).Contains("Image parsing failed - Image 1 of 1");
    }

    [Test]
    public async Task Json_TakesStringsAsTheyAre()
    {
        StringContent body = new($$"""{"inputs":[{"name":"image","shape":[1],"datatype":"BYTES","data":["{{Convert.ToBase64String(s_png)}}"]}]}""");
        using HttpResponseMessage answer = await s_server.Http.PostAsync("/v2/models/tiny/infer", body);
        string text = await answer.Content.ReadAsStringAsync();
        await Assert.That((int)answer.StatusCode).IsEqualTo(400);
        await Assert.That(text).Contains("Image parsing failed - Image 1 of 1: it does not begin like an image; Expected: JPEG, PNG, BMP, GIF and WebP; input name: image");
    }

    [Test]
    public async Task Faults_AreTheCallers()
    {
        byte[] other = ImageFiles.Png(2, 2, ImageFiles.Pattern(2, 2));
        byte[] gray = ImageFiles.Png(2, 1, [1, 2], color: 0);
        (ModelInferRequest Request, string Text)[] faults =
        [
            (Raw("no image"u8.ToArray()), "Image parsing failed - Image 1 of 1"),
            (Raw(s_png[..(s_png.Length / 2)]), "Image parsing failed - Image 1 of 1"),
            (Raw(Array.Empty<byte>()), "Image parsing failed - Image 1 of 1: it is empty"),
            (Raw(s_png, other), "Binary input images for this endpoint are required to have the same resolution - Image 2 of 2"),
            (Raw(gray), "Invalid number of channels in binary input - Image 1 of 1: Expected: 3; Actual: 1"),
            (Requests.For("tiny").WithBytes("image", "BYTES", [1, 1], Requests.Pack(s_png)), "Expected number of input shape dimensions: 1"),
            (Requests.For("tiny").WithBytes("image", "BYTES", [2], Requests.Pack(s_png)), "Expected: 2 values; Actual: 1 values"),
        ];
        foreach ((ModelInferRequest request, string text) in faults)
        {
            RpcException fault = await Fault.OfAsync(async () => await s_server.Client.ModelInferAsync(request));
            await Assert.That(fault.StatusCode).IsEqualTo(StatusCode.InvalidArgument);
            await Assert.That(fault.Status.Detail).Contains(text);
            await Assert.That(fault.Status.Detail).Contains("input name: image");
        }
    }

    [Test]
    public async Task HugeSizes_AreRefusedInLittleMemory()
    {
        await s_server.Client.ModelInferAsync(Raw(s_png));
        byte[] jpeg = ImageFiles.Encode(SKEncodedImageFormat.Jpeg, Width, Height, s_rgb);
        byte[][] files = [ImageFiles.Lying(jpeg, 60_000, 60_000), ImageFiles.Png(60_000, 60_000, [1, 2, 3]), ImageFiles.Bmp(60_000, 60_000, []), ImageFiles.Gif(60_000, 60_000, [1, 2, 3])];
        long before = ProcessFacts.Peak(s_server.Process.Id);
        for (int round = 0; round < 5; round++)
        {
            foreach (byte[] file in files)
            {
                RpcException fault = await Fault.OfAsync(async () => await s_server.Client.ModelInferAsync(Raw(file)));
                await Assert.That(fault.StatusCode).IsEqualTo(StatusCode.InvalidArgument);
                await Assert.That(fault.Status.Detail).Contains("60000 x 60000 pixels");
            }
        }

        // One of them would be 14 GB.
        await Assert.That(ProcessFacts.Peak(s_server.Process.Id) - before).IsLessThan(100);
    }

    [Test]
    public async Task BrokenFiles_NeverBreakTheServer()
    {
        byte[] jpeg = ImageFiles.Encode(SKEncodedImageFormat.Jpeg, 32, 32, ImageFiles.Pattern(32, 32), quality: 70);
        byte[] webp = ImageFiles.Encode(SKEncodedImageFormat.Webp, 32, 32, ImageFiles.Pattern(32, 32), quality: 70);
        Random random = new(815);
        for (int round = 0; round < 200; round++)
        {
            byte[] file = [.. (round % 3) switch { 0 => jpeg, 1 => webp, _ => s_png }];
            file[random.Next(file.Length)] ^= (byte)(1 << random.Next(8));
            file[random.Next(file.Length)] = (byte)random.Next(256);
            try
            {
                await s_server.Client.ModelInferAsync(Raw(file));
            }
            catch (RpcException fault)
            {
                // A flipped bit of a size may also make a large image, for which memory may be short.
                await Assert.That(fault.StatusCode is StatusCode.InvalidArgument or StatusCode.ResourceExhausted).IsTrue().Because($"round {round}: {fault.Status}");
            }
        }

        await Assert.That((await s_server.Client.ModelInferAsync(Raw(s_png))).Bytes("pixels").SequenceEqual(s_bgr)).IsTrue();
    }

    private static ModelInferRequest Raw(params byte[][] files) => Requests.For("tiny").WithBytes("image", "BYTES", [files.Length], Requests.Pack(files));

    private static async Task<(int Status, byte[] Body)> PostAsync(byte[] packed, bool tellsSize)
    {
        JsonObject input = new() { ["name"] = "image", ["shape"] = new JsonArray(1), ["datatype"] = "BYTES" };
        if (tellsSize)
        {
            input["parameters"] = new JsonObject { ["binary_data_size"] = packed.Length };
        }

        JsonObject json = new() { ["inputs"] = new JsonArray(input), ["parameters"] = new JsonObject { ["binary_data_output"] = true } };
        byte[] header = Encoding.UTF8.GetBytes(json.ToJsonString());
        using HttpRequestMessage request = new(HttpMethod.Post, "/v2/models/tiny/infer") { Content = new ByteArrayContent([.. header, .. packed]) };
        request.Headers.Add("Inference-Header-Content-Length", $"{header.Length}");
        using HttpResponseMessage answer = await s_server.Http.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsByteArrayAsync());
    }
}
