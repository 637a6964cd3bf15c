using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http.Features;
using Ovms.Frontends.Connections;

namespace Ovms.Frontends.Rest.Server;

/// <summary>
/// Hears from the web server which requests it rejects by itself, before any route sees them, and why: <see cref="RestTransport"/> then
/// tells the caller as every other error is told. The web server asks for this service and for nothing else than these events.
/// </summary>
internal sealed class RejectedRequests : DiagnosticSource
{
    private const string Event = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";
    private const string Reason = "The base member says so for types it cannot know; the one event here has one type.";

    /// <summary>Takes the place of the framework's own.</summary>
    public static void AddTo(IServiceCollection services) => services.AddSingleton<DiagnosticSource>(new RejectedRequests());

    /// <inheritdoc/>
    public override bool IsEnabled(string name) => name == Event;

    /// <inheritdoc/>
    [RequiresUnreferencedCode(Reason)]
    public override void Write(string name, object? value)
    {
        if (value is IFeatureCollection request
            && request.Get<OpenConnection>() is { } connection
            && request.Get<IHttpResponseFeature>() is { HasStarted: false }
            && request.Get<IHttpRequestFeature>()?.Method != HttpMethods.Head)
        {
            connection.Rejection = connection.HeaderFault ?? request.Get<IBadRequestExceptionFeature>()?.Error?.Message ?? "The request is not HTTP";
        }
    }
}
