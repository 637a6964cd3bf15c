namespace Ovms.Frontends.Grpc.Binding;

/// <summary>
/// Creates routes on the first call for them. The framework binds services with types that it generates at run time, a fifth of the CPU
/// time of a start. A server whose callers only infer never needs these routes.
/// </summary>
internal static class OnDemand
{
    /// <summary>
    /// Adds routes after those that the pipeline already has. The first call for them, and calls that arrive meanwhile, wait some
    /// milliseconds.
    /// </summary>
    /// <param name="app">The pipeline.</param>
    /// <param name="prefix">The start of the paths that these routes serve.</param>
    /// <param name="map">Creates the routes.</param>
    public static void Use(WebApplication app, string prefix, Action<IEndpointRouteBuilder> map) => app.Use(next =>
    {
        Lazy<RequestDelegate> routes = new(() => Make(app.Services, map, next));
        return call => call.Request.Path.Value!.StartsWith(prefix, StringComparison.Ordinal) ? routes.Value(call) : next(call);
    });

    // A separate builder: the application's own would add the routes to its global ones.
    private static RequestDelegate Make(IServiceProvider services, Action<IEndpointRouteBuilder> map, RequestDelegate next)
    {
        ApplicationBuilder routes = new(services);
        routes.UseRouting();
        routes.UseEndpoints(map);
        routes.Run(next);
        return routes.Build();
    }
}
