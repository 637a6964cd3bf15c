using System.Text.Json;
using Ovms.Frontends.Extensions;
using Ovms.Frontends.Rest.Body;
using Ovms.Frontends.Rest.Json;
using Ovms.SharedMemory;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.KServe;

/// <summary>
/// The routes for shared memory. CUDA's cannot be registered, so that list is empty and unregistering succeeds: load tools demand both
/// before they use the system's.
/// </summary>
internal sealed class SharedMemoryRoutes(SharedRegions regions, JsonBody bodies)
{
    private const string System = "/v2/systemsharedmemory";
    private const string Cuda = "/v2/cudasharedmemory";

    /// <summary>All routes.</summary>
    public static RestRoute[] All(SharedRegions regions, JsonBody bodies)
    {
        SharedMemoryRoutes routes = new(regions, bodies);
        return
        [
            new RestRoute($"{System}/status", RestVerb.Get, routes.ListAsync),
            new RestRoute($"{System}/region/{{region}}/status", RestVerb.Get, routes.ShowAsync),
            new RestRoute($"{System}/region/{{region}}/register", RestVerb.Post, routes.RegisterAsync),
            new RestRoute($"{System}/unregister", RestVerb.Post, routes.UnregisterAsync),
            new RestRoute($"{System}/region/{{region}}/unregister", RestVerb.Post, routes.UnregisterAsync),
            new RestRoute($"{Cuda}/status", RestVerb.Get, static (context, _) => WriteAsync(context, [])),
            new RestRoute($"{Cuda}/region/{{region}}/status", RestVerb.Get, UnknownCudaAsync),
            new RestRoute($"{Cuda}/region/{{region}}/register", RestVerb.Post, RefuseCudaAsync),
            new RestRoute($"{Cuda}/unregister", RestVerb.Post, static (context, _) => RestReply.EmptyAsync(context)),
            new RestRoute($"{Cuda}/region/{{region}}/unregister", RestVerb.Post, static (context, _) => RestReply.EmptyAsync(context)),
        ];
    }

    private static Task UnknownCudaAsync(HttpContext context, RestTarget target) =>
        RestReply.ErrorAsync(context, NotServed.UnknownCudaRegion(target.Region));

    private static Task RefuseCudaAsync(HttpContext context, RestTarget target) =>
        RestReply.ErrorAsync(context, NotServed.CudaSharedMemory);

    private static async Task WriteAsync(HttpContext context, IEnumerable<SharedRegion> listed)
    {
        using NativeBuffer body = new();
        body.Raw("["u8);
        ReadOnlySpan<byte> separator = default;
        foreach (SharedRegion region in listed)
        {
            body.Raw(separator);
            body.Raw("{\"name\":"u8);
            body.Text(region.Name);
            body.Raw(",\"key\":"u8);
            body.Text(region.Key);
            body.Raw(",\"offset\":"u8);
            body.Number(region.Offset);
            body.Raw(",\"byte_size\":"u8);
            body.Number(region.ByteSize);
            body.Raw("}"u8);
            separator = ","u8;
        }

        body.Raw("]"u8);
        await RestReply.JsonAsync(context, body).ConfigureAwait(false);
    }

    private Task ListAsync(HttpContext context, RestTarget target) => WriteAsync(context, regions.All);

    private Task ShowAsync(HttpContext context, RestTarget target)
    {
        Outcome<SharedRegion> found = regions.Find(target.Region);
        return found.IsOk ? WriteAsync(context, [found.Value]) : RestReply.ErrorAsync(context, found.WithoutValue);
    }

    // Without a name in the path: all regions.
    private Task UnregisterAsync(HttpContext context, RestTarget target)
    {
        regions.Unregister(target.Region);
        return RestReply.EmptyAsync(context);
    }

    private async Task RegisterAsync(HttpContext context, RestTarget target)
    {
        Outcome<JsonDocument> read = await bodies.ReadAsync(context).ConfigureAwait(false);
        using JsonDocument? body = read.Value;
        Outcome registered = body is null ? read.WithoutValue : Register(target.Region, body.RootElement);
        await (registered.IsOk ? RestReply.EmptyAsync(context) : RestReply.ErrorAsync(context, registered)).ConfigureAwait(false);
    }

    private Outcome Register(string name, JsonElement body)
    {
        Outcome<string> key = ReadKey(body);
        Outcome<ulong> offset = ReadNumber(body, "offset", otherwise: 0);
        Outcome<ulong> size = ReadNumber(body, "byte_size", otherwise: null);
        return !key.IsOk ? key.WithoutValue
            : !offset.IsOk ? offset.WithoutValue
            : !size.IsOk ? size.WithoutValue
            : regions.Register(name, key.Value, offset.Value, size.Value);
    }

    private static Outcome<string> ReadKey(JsonElement body)
    {
        const string Name = "key";
        if (!body.TryGetProperty(Name, out JsonElement key) || key.ValueKind != JsonValueKind.String)
        {
            return WrongKind(key, Name, "a string");
        }

        try
        {
            return key.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair.
            return WrongKind(key, Name, "valid Unicode");
        }
    }

    private static Outcome<ulong> ReadNumber(JsonElement body, string name, ulong? otherwise) =>
        !body.TryGetProperty(name, out JsonElement value) && otherwise is { } given ? given
            : value.ValueKind == JsonValueKind.Number && value.TryGetUInt64(out ulong number) ? number
            : WrongKind(value, name, "a number of bytes, whole and not negative");

    private static Outcome WrongKind(JsonElement value, string name, string expected) => Outcome.Fail(
        StatusCode.RestInvalidStructure,
        $"{name}; Expected: {expected}; "
            + $"Actual: {(value.ValueKind == JsonValueKind.Undefined ? "nothing" : Shown.Bounded(value.GetRawText()))}");
}
