using Ovms.Frontends.Extensions;
using Ovms.Frontends.Rest.Json;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.KServe;

/// <summary>
/// The routes for shared memory. None can be registered, so the list is empty and unregistering succeeds: load tools demand both before
/// they send tensors in messages.
/// </summary>
internal static class SharedMemoryRoutes
{
    /// <summary>All routes.</summary>
    public static RestRoute[] All() =>
    [
        .. new[] { "/v2/systemsharedmemory", "/v2/cudasharedmemory" }.SelectMany(static path => new[]
        {
            new RestRoute($"{path}/status", RestVerb.Get, EmptyListAsync),
            new RestRoute($"{path}/region/{{region}}/status", RestVerb.Get, UnknownAsync),
            new RestRoute($"{path}/region/{{region}}/register", RestVerb.Post, RefuseAsync),
            new RestRoute($"{path}/unregister", RestVerb.Post, NothingToDoAsync),
            new RestRoute($"{path}/region/{{region}}/unregister", RestVerb.Post, NothingToDoAsync),
        }),
    ];

    private static async Task EmptyListAsync(HttpContext context, RestTarget target)
    {
        using NativeBuffer body = new();
        body.Raw("[]"u8);
        await RestReply.JsonAsync(context, body).ConfigureAwait(false);
    }

    private static Task NothingToDoAsync(HttpContext context, RestTarget target) => RestReply.EmptyAsync(context);

    private static Task UnknownAsync(HttpContext context, RestTarget target) =>
        RestReply.ErrorAsync(context, NotServed.UnknownRegion(target.Region));

    private static Task RefuseAsync(HttpContext context, RestTarget target) => RestReply.ErrorAsync(context, NotServed.SharedMemory);
}
