#:package SkiaSharp
#:package SkiaSharp.NativeAssets.Linux.NoDependencies
#:property PublishAot=false

// A client of its own, with nothing of the server in it: sends one photograph to a served squeezenet over
// KServe v2 REST with the binary extension and prints the five best labels.
//   dotnet run demo/Classify.cs -- http://127.0.0.1:8000 tests/images/zebra.jpeg tests/images/imagenet_labels.txt
using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text.Json;
using SkiaSharp;

const int Side = 224;
const string Model = "squeezenet";

if (args.Length != 3)
{
    Console.Error.WriteLine("usage: Classify SERVER_URL PHOTOGRAPH LABELS");
    return 64;
}

using SKBitmap? photograph = SKBitmap.Decode(args[1]);
if (photograph is null)
{
    Console.Error.WriteLine($"{args[1]} is not there or is no picture that can be decoded.");
    return 1;
}

string[] labels = File.ReadAllLines(args[2]).Select(line => line[(line.IndexOf(',') + 1)..]).ToArray();
byte[] input = ToPlanes(photograph);
using HttpClient client = new() { BaseAddress = new Uri(args[0]), Timeout = TimeSpan.FromSeconds(60) };

Stopwatch clock = Stopwatch.StartNew();
Half[] probabilities = await InferAsync(client, input);
double first = clock.Elapsed.TotalMilliseconds;
clock.Restart();
await InferAsync(client, input);
double second = clock.Elapsed.TotalMilliseconds;

Console.WriteLine($"{Path.GetFileName(args[1])}, {photograph.Width}x{photograph.Height}:");
foreach (int index in Enumerable.Range(0, probabilities.Length).OrderByDescending(index => probabilities[index]).Take(5))
{
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {(float)probabilities[index],8:P2}  {labels[index]} ({index})"));
}

Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The call took {first:F1} ms, a second one {second:F1} ms."));
return 0;

// The model was trained on blue, green, red planes of 224x224 with values 0 to 255.
static byte[] ToPlanes(SKBitmap photograph)
{
    SKImageInfo target = new(Side, Side, SKColorType.Bgra8888, SKAlphaType.Opaque);
    using SKBitmap resized = photograph.Resize(target, new SKSamplingOptions(SKFilterMode.Linear))
        ?? throw new InvalidOperationException("The picture could not be resized.");
    ReadOnlySpan<byte> pixels = resized.GetPixelSpan();
    byte[] planes = new byte[3 * Side * Side * sizeof(ushort)];
    Span<byte> rest = planes;
    for (int channel = 0; channel < 3; channel++)
    {
        for (int pixel = 0; pixel < Side * Side; pixel++)
        {
            BinaryPrimitives.WriteHalfLittleEndian(rest, (Half)pixels[(pixel * 4) + channel]);
            rest = rest[sizeof(ushort)..];
        }
    }

    return planes;
}

// A JSON header that says how many raw bytes follow, then those bytes; the answer has the same form.
static async Task<Half[]> InferAsync(HttpClient client, byte[] input)
{
    byte[] header = System.Text.Encoding.UTF8.GetBytes($$$"""
        {"inputs":[{"name":"data_0","shape":[1,3,{{{Side}}},{{{Side}}}],"datatype":"FP16","parameters":{"binary_data_size":{{{input.Length}}}}}],
         "outputs":[{"name":"softmaxout_1","parameters":{"binary_data":true}}]}
        """);
    using ByteArrayContent body = new([.. header, .. input]);
    body.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
    body.Headers.Add("Inference-Header-Content-Length", header.Length.ToString(CultureInfo.InvariantCulture));
    using HttpResponseMessage response = await client.PostAsync($"/v2/models/{Model}/infer", body);
    byte[] answer = await response.Content.ReadAsByteArrayAsync();
    if (!response.IsSuccessStatusCode)
    {
        throw new InvalidOperationException($"The server answered {(int)response.StatusCode}: {System.Text.Encoding.UTF8.GetString(answer)}");
    }

    int headerLength = int.Parse(response.Headers.GetValues("Inference-Header-Content-Length").Single(), CultureInfo.InvariantCulture);
    using JsonDocument json = JsonDocument.Parse(answer.AsMemory(0, headerLength));
    JsonElement output = json.RootElement.GetProperty("outputs")[0];
    int size = output.GetProperty("parameters").GetProperty("binary_data_size").GetInt32();
    ReadOnlySpan<byte> raw = answer.AsSpan(headerLength, size);
    return output.GetProperty("datatype").GetString() switch
    {
        "FP16" => MemoryMarshal.Cast<byte, Half>(raw).ToArray(),
        "FP32" => Array.ConvertAll(MemoryMarshal.Cast<byte, float>(raw).ToArray(), value => (Half)value),
        string other => throw new InvalidOperationException($"softmaxout_1 came as {other}; expected FP16 or FP32."),
        null => throw new InvalidOperationException("softmaxout_1 came without a datatype."),
    };
}
