using System.Text.Json;
using Ovms.Frontends.Rest.Body;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.OpenAi;

/// <summary>The JSON object of a request for text.</summary>
/// <param name="budget">Counts the memory of the body while it arrives.</param>
internal sealed class TextBody(BufferBudget budget) : IDisposable
{
    /// <summary>The most bytes of a body: far longer texts than any model takes.</summary>
    public const int MaxBytes = 32 << 20;

    private JsonDocument? _document;

    /// <summary>The object; set when it was read.</summary>
    public JsonElement Root => _document!.RootElement;

    /// <summary>Reads a request's body.</summary>
    /// <returns>The body, which the caller disposes, or what is wrong with it.</returns>
    public static ValueTask<Outcome<TextBody>> ReadAsync(HttpContext context, BodyBounds bounds)
    {
        BodyBounds limited = bounds with
        {
            Limit = Math.Min(bounds.Limit, MaxBytes),
            TooLarge = $"A request for text may have at most {Math.Min(bounds.Limit, MaxBytes)} bytes.",
        };
        TextBody text = new(bounds.Share);
        return CodedBody.ReadAsync(context.Request, text, limited, limited, body => text.FillAsync(body, context.RequestAborted));
    }

    /// <inheritdoc/>
    public void Dispose() => _document?.Dispose();

    /// <summary>Bytes of a parsed document beside its text: a row for each name, value and end, of which "1," is the shortest.</summary>
    internal static long RowBytes(ReadOnlySpan<byte> json)
    {
        const long Row = 12;
        long values = (long)json.Count((byte)',') + json.Count((byte)':');
        long ends = 2 * ((long)json.Count((byte)'[') + json.Count((byte)'{'));
        return Row * (values + ends);
    }

    private Outcome HoldDocument(ReadOnlySpan<byte> json)
    {
        try
        {
            budget.Take(RowBytes(json));
            return Outcome.Ok;
        }
        catch (OvmsException full)
        {
            return full.Outcome;
        }
    }

    private async ValueTask<Outcome> FillAsync(RequestBody body, CancellationToken cancellation)
    {
        using NativeBuffer json = new(0, budget);
        Outcome<long> came = await body.ReadAsync(json, long.MaxValue, cancellation).ConfigureAwait(false);
        if (!came.IsOk)
        {
            return came.WithoutValue;
        }

        if (json.Length == 0)
        {
            return RequestFields.Refuse("Cannot parse JSON body; the body is empty, expected: an object with the field model");
        }

        Outcome room = HoldDocument(json.Bytes);
        if (!room.IsOk)
        {
            return room;
        }

        Outcome<JsonDocument> parsed = JsonBody.Parse(json.Bytes);
        _document = parsed.Value;
        return parsed.Code switch
        {
            _ when parsed.IsOk => Outcome.Ok,
            StatusCode.JsonInvalid => RequestFields.Refuse($"Cannot parse JSON body; {parsed.Detail}"),
            StatusCode.RestBodyIsNotAnObject => RequestFields.Refuse("JSON body must be an object"),
            _ => parsed.WithoutValue,
        };
    }
}
