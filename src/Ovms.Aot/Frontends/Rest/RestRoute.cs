namespace Ovms.Frontends.Rest;

/// <summary>Answers one request of a route.</summary>
internal delegate Task RestHandler(HttpContext context, RestTarget target);

/// <summary>What a path names: decoded, and empty where the route has no such part.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Version">The version as the caller wrote it; empty = the default one.</param>
/// <param name="Region">A region of shared memory.</param>
internal readonly record struct RestTarget(string Model, string Version, string Region = "");

/// <summary>Which methods a route takes.</summary>
internal enum RestVerb
{
    /// <summary>GET, and HEAD for the same without a body.</summary>
    Get,

    /// <summary>POST.</summary>
    Post,

    /// <summary>Both of them.</summary>
    GetOrPost,
}

/// <summary>One row of the route table.</summary>
/// <param name="Template">
/// Path whose segments are literals or names in braces, <c>{model}</c>, <c>{version}</c>, with a literal end or without; a trailing slash
/// is a last, empty segment. <c>{path}</c> at the end is a model's name with the slashes in it as they are.
/// </param>
/// <param name="Verb">The methods it takes.</param>
/// <param name="Handler">What answers.</param>
internal sealed record RestRoute(string Template, RestVerb Verb, RestHandler Handler)
{
    /// <summary>The template's parts between slashes.</summary>
    public string[] Segments { get; } = Template.Split('/');

    /// <summary>Value of the <c>Allow</c> header for other methods.</summary>
    public string Allow => Verb switch
    {
        RestVerb.Get => "GET, HEAD, OPTIONS",
        RestVerb.Post => "POST, OPTIONS",
        _ => "GET, HEAD, POST, OPTIONS",
    };

    /// <summary>Whether the route takes a method.</summary>
    public bool Takes(string method) => HttpMethods.IsPost(method)
        ? Verb is RestVerb.Post or RestVerb.GetOrPost
        : Verb is RestVerb.Get or RestVerb.GetOrPost && (HttpMethods.IsGet(method) || HttpMethods.IsHead(method));
}
