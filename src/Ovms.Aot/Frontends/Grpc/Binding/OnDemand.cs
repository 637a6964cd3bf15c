namespace Ovms.Frontends.Grpc.Binding;

/// <summary>
/// Routes that are made when the first call for them comes: the framework binds services by types that it puts together while it runs,
/// a fifth of the CPU time that a start takes, and a server whose callers only infer never needs one of them.
/// </summary>
internal static class OnDemand
{
    /// <summary>Adds routes behind what the pipeline has already. The first call waits for them some milliseconds, as do those that come meanwhile.</summary>
    /// <param name="app">The pipeline.</param>
    /// <param name="prefix">Calls are for these routes when their path begins like that.</param>
    /// <param name="map">Makes the routes.</param>
    public static void Use(WebApplication app, string prefix, Action<IEndpointRouteBuilder> map) => app.Use(next =>
    {
        Lazy<RequestDelegate> routes = new(() => Make(app.Services, map, next));
        return call => call.Request.Path.Value!.StartsWith(prefix, StringComparison.Ordinal) ? routes.Value(call) : next(call);
    });

    // A builder of its own: that of the application would add the routes to those of all.
    private static RequestDelegate Make(IServiceProvider services, Action<IEndpointRouteBuilder> map, RequestDelegate next)
    {
        ApplicationBuilder routes = new(services);
        routes.UseRouting();
        routes.UseEndpoints(map);
        routes.Run(next);
        return routes.Build();
    }
}
