namespace Ovms.Frontends.Rest;

/// <summary>Handles one request of a route.</summary>
internal delegate Task RestHandler(HttpContext context, RestTarget target);

/// <summary>The decoded names in a path; empty where the route has no such part.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Version">The version as the caller wrote it; empty for the default.</param>
/// <param name="Region">A shared memory region.</param>
internal readonly record struct RestTarget(string Model, string Version, string Region = "");

/// <summary>The methods that a route accepts.</summary>
internal enum RestVerb
{
    /// <summary>GET, and HEAD, which omits the body.</summary>
    Get,

    /// <summary>POST.</summary>
    Post,

    /// <summary>Both of them.</summary>
    GetOrPost,
}

/// <summary>One row of the route table.</summary>
/// <param name="Template">
/// A path whose segments are literals or <c>{model}</c>, <c>{version}</c>, <c>{region}</c>, which a literal may follow. A trailing slash
/// is a last, empty segment. <c>{path}</c> at the end is a model's name that may contain slashes.
/// </param>
/// <param name="Verb">The methods it accepts.</param>
/// <param name="Handler">Handles its requests.</param>
internal sealed record RestRoute(string Template, RestVerb Verb, RestHandler Handler)
{
    /// <summary>The template's segments.</summary>
    public string[] Segments { get; } = Template.Split('/');

    /// <summary>Value of the <c>Allow</c> header in responses to other methods.</summary>
    public string Allow => Verb switch
    {
        RestVerb.Get => "GET, HEAD, OPTIONS",
        RestVerb.Post => "POST, OPTIONS",
        _ => "GET, HEAD, POST, OPTIONS",
    };

    /// <summary>Whether the route accepts a method.</summary>
    public bool Takes(string method) => HttpMethods.IsPost(method)
        ? Verb is RestVerb.Post or RestVerb.GetOrPost
        : Verb is RestVerb.Get or RestVerb.GetOrPost && (HttpMethods.IsGet(method) || HttpMethods.IsHead(method));
}
