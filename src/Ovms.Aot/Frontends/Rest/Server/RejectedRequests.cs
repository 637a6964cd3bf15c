using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http.Features;
using Ovms.Frontends.Connections;

namespace Ovms.Frontends.Rest.Server;

/// <summary>
/// Receives Kestrel's event for requests that it rejects before any route, and notes the reason. <see cref="RestTransport"/> then sends
/// the usual error body. Kestrel uses this service only for these events.
/// </summary>
internal sealed class RejectedRequests : DiagnosticSource
{
    private const string Event = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";
    private const string Reason = "Required by the base member, which accepts values of any type; this event has only one type.";

    /// <summary>Registers it in place of the framework's own DiagnosticSource.</summary>
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
            connection.Rejection = connection.HeaderFault
                ?? Words(request.Get<IBadRequestExceptionFeature>()?.Error)
                ?? "The request is not HTTP";
        }
    }

    // Kestrel's own messages leave out the text that they are about. A line that ends with LF alone is one cause among others.
    private static string? Words(Exception? error) => error switch
    {
        BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } =>
            "The request's headers come too slowly: the rest was not waited for (first_request_timeout_seconds)",
        { Message: "Invalid request line: ''" } =>
            "Invalid request line; Expected: METHOD /path HTTP/1.1 with single spaces, ended by CR LF; LF alone does not end a line",
        { Message: "Invalid request header: ''" } =>
            "Invalid request header; Expected: Name: value, ended by CR LF; LF alone does not end a line",
        _ => error?.Message,
    };
}
