using System.Buffers;
using Microsoft.Extensions.Primitives;
using Ovms.Status;

namespace Ovms.Frontends.Rest;

/// <summary>
/// The access-control headers that every answer carries, as configured and not more: no request is refused for its origin, the
/// browser decides.
/// </summary>
internal sealed class CorsHeaders
{
    private static readonly SearchValues<char> s_allowed = SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(static c => (char)c)]);

    private readonly bool _allowCredentials;
    private readonly StringValues _origins;
    private readonly StringValues _methods;
    private readonly StringValues _headers;

    private CorsHeaders(bool allowCredentials, string origins, string methods, string headers)
    {
        _allowCredentials = allowCredentials;
        _origins = origins;
        _methods = methods;
        _headers = headers;
    }

    /// <summary>Everything allowed, no credentials.</summary>
    public static CorsHeaders Default { get; } = new(false, "*", "*", "*");

    /// <summary>Takes the options' values verbatim; refuses what cannot stand in a header.</summary>
    public static Outcome<CorsHeaders> Create(bool allowCredentials, string origins, string methods, string headers)
    {
        foreach ((string option, string value) in new[] { ("allowed_origins", origins), ("allowed_methods", methods), ("allowed_headers", headers) })
        {
            int bad = value.AsSpan().IndexOfAnyExcept(s_allowed);
            if (bad >= 0)
            {
                return Outcome.Fail(
                    StatusCode.OptionsUsageError,
                    $"{option} holds the character U+{(int)value[bad]:X4} at position {bad}, which cannot stand in an HTTP header; expected printable ASCII.");
            }
        }

        return new CorsHeaders(allowCredentials, origins, methods, headers);
    }

    /// <summary>Puts them on an answer.</summary>
    public void Apply(IHeaderDictionary answer)
    {
        answer.AccessControlAllowOrigin = _origins;
        answer.AccessControlAllowMethods = _methods;
        answer.AccessControlAllowHeaders = _headers;
        if (_allowCredentials)
        {
            answer.AccessControlAllowCredentials = "true";
        }
    }
}
