using System.Buffers;
using Microsoft.Extensions.Primitives;
using Ovms.Status;

namespace Ovms.Frontends.Rest;

/// <summary>
/// The configured access-control headers, added to every response. The server rejects no request for its origin; the browser enforces the
/// headers.
/// </summary>
internal sealed class CorsHeaders
{
    private static readonly SearchValues<char> s_allowed =
        SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(static c => (char)c)]);

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

    /// <summary>Allows everything, without credentials.</summary>
    public static CorsHeaders Default { get; } = new(false, "*", "*", "*");

    /// <summary>Takes the options' values verbatim; rejects characters that are not allowed in a header.</summary>
    public static Outcome<CorsHeaders> Create(bool allowCredentials, string origins, string methods, string headers)
    {
        (string Option, string Value)[] options =
        [
            ("allowed_origins", origins), ("allowed_methods", methods), ("allowed_headers", headers),
        ];
        foreach ((string option, string value) in options)
        {
            int bad = value.AsSpan().IndexOfAnyExcept(s_allowed);
            if (bad >= 0)
            {
                return Outcome.Fail(
                    StatusCode.OptionsUsageError,
                    $"{option} holds the character U+{(int)value[bad]:X4} at position {bad}, which cannot stand in an HTTP header; "
                    + "expected printable ASCII.");
            }
        }

        return new CorsHeaders(allowCredentials, origins, methods, headers);
    }

    /// <summary>Adds the headers to a response.</summary>
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
