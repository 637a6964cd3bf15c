using System.Text.Json;
using Ovms.Frontends.Rest.Json;
using Ovms.Status;
using Ovms.Tensors;
using Ovms.Wire;

namespace Ovms.Frontends.Rest.Body;

/// <summary>Reads the body of a request that gets or sets a few values: one small JSON object, or nothing.</summary>
/// <param name="memory">The account that counts its bytes.</param>
/// <param name="arrival">How long it may take to arrive.</param>
/// <param name="stopping">Cancelled when the server stops waiting for bodies.</param>
internal sealed class JsonBody(RequestMemory memory, ArrivalTimes arrival, CancellationToken stopping)
{
    private const int LongestBody = 64 << 10;

    /// <summary>Reads and parses the body.</summary>
    /// <returns>An object that the caller disposes, empty if there is no body; or what is wrong with it.</returns>
    public async ValueTask<Outcome<JsonDocument>> ReadAsync(HttpContext context)
    {
        using MemoryShare share = new MemoryShare().Of(memory.For(context));
        using NativeBuffer json = new(0, share);
        BodyBounds bounds = new(LongestBody, share, arrival, stopping);
        using RequestBody body = new(context.Request.BodyReader, bounds, context.Request.ContentLength);
        Outcome<long> came = await body.ReadAsync(json, long.MaxValue, context.RequestAborted).ConfigureAwait(false);
        return came.IsOk ? Parse(json.Bytes) : came.WithoutValue;
    }

    internal static Outcome<JsonDocument> Parse(ReadOnlySpan<byte> json)
    {
        Outcome text = JsonFault.CheckUtf8(json);
        if (!text.IsOk)
        {
            return text;
        }

        JsonReaderOptions options = new() { MaxDepth = JsonFault.MaxDepth };
        Utf8JsonReader reader = new(json.IsEmpty ? "{}"u8 : json, options);
        try
        {
            JsonDocument document = JsonDocument.ParseValue(ref reader);
            bool isObject = document.RootElement.ValueKind == JsonValueKind.Object && !reader.Read();

            // A look-up by name would throw; a value throws only where it is read.
            long bad = isObject ? JsonEscapes.FirstHalf(json, options, namesOnly: true) : -1;
            if (isObject && bad < 0)
            {
                return document;
            }

            document.Dispose();
            return isObject ? JsonFault.BadEscape(bad) : Outcome.Fail(StatusCode.RestBodyIsNotAnObject, "Expected: an object, or no body");
        }
        catch (JsonException fault)
        {
            return JsonFault.Malformed(fault, json);
        }
    }
}
