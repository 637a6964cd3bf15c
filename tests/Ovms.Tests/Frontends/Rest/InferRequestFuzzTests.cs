using System.Text;
using Ovms.Frontends.Rest;
using Ovms.Status;

namespace Ovms.Tests.Frontends.Rest;

internal sealed class InferRequestFuzzTests
{
    private const int Rounds = 4000;

    private static readonly string[] s_valid =
    [
        """{"id":"q","parameters":{"binary_data_output":true},"inputs":[{"name":"b","shape":[1,4],"datatype":"FP32","data":[[1.5,2,-3e2,0]]}],"outputs":[{"name":"a","parameters":{"binary_data":true}}]}""",
        """{"inputs":[{"data":["\u00e9","x\"y",""],"name":"t","shape":[3],"datatype":"BYTES"},{"name":"u","shape":[2,1],"datatype":"BOOL","data":[[true],[false]]}]}""",
        """{"inputs":[{"name":"a","shape":[4],"datatype":"UINT8","parameters":{"binary_data_size":4}},{"name":"b","shape":[3],"datatype":"INT16"}]}""",
        """{"inputs":[{"data":[[[1,2],[3,4]]],"name":"x","shape":[1,2,2],"datatype":"INT64"},{"datatype":"FP16","shape":[],"data":1.25,"name":"h"}]}""",
    ];

    private static readonly string[] s_pieces =
    [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud83d", "null", "true", "-", "-1", "1e999", "9223372036854775808", "0.1", "\"data\":", "\"shape\":[]", "\"name\":\"\"",
        "\"datatype\":\"BYTES\"", "\"binary_data_size\":", "\"inputs\":[]", "\0", "\n", "\u00e9", "[[[[[[[[", "]]]]]]]]", "{\"a\":",
    ];

    [Test]
    [Arguments(1)]
    [Arguments(2)]
    [Arguments(3)]
    public async Task MutatedBodies_AreReadOrRefusedAsTheCallersFault(int seed)
    {
        Random random = new(seed);
        int accepted = 0;
        for (int round = 0; round < Rounds; round++)
        {
            byte[] json = Mutate(Encoding.UTF8.GetBytes(s_valid[random.Next(s_valid.Length)]), random);
            byte[] tail = new byte[random.Next(16)];
            random.NextBytes(tail);
            string? length = random.Next(4) switch
            {
                0 => null,
                1 => $"{json.Length + random.Next(-3, 4)}",
                2 => $"{random.Next(-2, 2)}",
                _ => $"{json.Length}",
            };
            string? coding = random.Next(8) switch { 0 => "gzip", 1 => "deflate", _ => null };
            byte[] body = [.. json, .. tail];
            byte[] sent = coding switch { "gzip" => InferBodies.Gzip(body), "deflate" => InferBodies.Zlib(body), _ => body };
            if (coding is not null && random.Next(2) == 0)
            {
                sent = Mutate(sent, random);
            }

            Outcome<InferDocument> read;
            try
            {
                read = await InferBodies.ReadAsync(sent, length, coding, tellLength: random.Next(2) == 0, piece: 64);
            }
            catch (Exception surprise)
            {
                throw new InvalidOperationException($"seed {seed} round {round}, header {length}, coding {coding}: {Convert.ToHexString(sent)}", surprise);
            }

            accepted += read.IsOk ? 1 : 0;
            if (!read.IsOk && read.Code.ToHttp() != 400)
            {
                throw new InvalidOperationException($"seed {seed} round {round} answers {read.Code.ToHttp()}: {read.Text}");
            }

            read.Value?.Dispose();
        }

        // Mutations that change only values or names must still be read: else the test proves nothing.
        await Assert.That(accepted).IsGreaterThan(Rounds / 50);
    }

    private static byte[] Mutate(byte[] source, Random random)
    {
        List<byte> bytes = [.. source];
        for (int left = random.Next(4); left > 0 && bytes.Count > 0; left--)
        {
            int at = random.Next(bytes.Count);
            int count = Math.Min(random.Next(1, 12), bytes.Count - at);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, count);
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, count));
                    break;
                case 3:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(s_pieces[random.Next(s_pieces.Length)]));
                    break;
                case 4:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                default:
                    bytes[at] = (byte)('0' + random.Next(10));
                    break;
            }
        }

        return [.. bytes];
    }
}
