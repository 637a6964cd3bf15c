namespace Ovms.Frontends.Rest;

/// <summary>
/// Finds the route of a request line. It parses the raw target, where a slash inside a name (<c>%2F</c>) differs from a separator.
/// </summary>
internal sealed class RestRouteTable(params RestRoute[] routes)
{
    private const int MaxSegments = 8;
    private const string Model = "{model}";
    private const string Version = "{version}";
    private const string Region = "{region}";
    private const string Rest = "{path}";

    /// <summary>All rows.</summary>
    public IReadOnlyList<RestRoute> Routes => routes;

    /// <summary>The route of a target; null if there is none.</summary>
    /// <param name="rawTarget">The request line's target: a path, or a whole URL as proxies send it. The query is ignored.</param>
    /// <param name="target">The names in the path.</param>
    public RestRoute? Find(string rawTarget, out RestTarget target)
    {
        ReadOnlySpan<char> path = PathOf(rawTarget);
        Span<Range> segments = stackalloc Range[MaxSegments + 1];
        segments = segments[..path.Split(segments, '/')];
        foreach (RestRoute route in routes)
        {
            if (Matches(route, path, segments))
            {
                target = new RestTarget(
                    Take(route, Model, path, segments), Take(route, Version, path, segments), Take(route, Region, path, segments));
                return route;
            }
        }

        target = default;
        return null;
    }

    private static bool Matches(RestRoute route, ReadOnlySpan<char> path, ReadOnlySpan<Range> segments)
    {
        bool takesRest = route.Segments[^1] == Rest;
        if (takesRest ? route.Segments.Length > segments.Length : route.Segments.Length != segments.Length)
        {
            return false;
        }

        for (int i = 0; i < route.Segments.Length; i++)
        {
            ReadOnlySpan<char> segment = path[segments[i]];
            string expected = route.Segments[i];
            ReadOnlySpan<char> end = EndOf(expected);
            if (expected.StartsWith('{') ? segment.Length <= end.Length || !segment.EndsWith(end) : !segment.SequenceEqual(expected))
            {
                return false;
            }
        }

        return true;
    }

    private static string Take(RestRoute route, string part, ReadOnlySpan<char> path, ReadOnlySpan<Range> segments)
    {
        for (int i = 0; i < route.Segments.Length; i++)
        {
            if (route.Segments[i].StartsWith(part, StringComparison.Ordinal))
            {
                return Uri.UnescapeDataString(path[segments[i]][..^EndOf(route.Segments[i]).Length]);
            }

            if (route.Segments[i] == Rest && part == Model)
            {
                return Uri.UnescapeDataString(path[segments[i].Start..]);
            }
        }

        return "";
    }

    // The literal that follows the braces in a template's segment.
    private static ReadOnlySpan<char> EndOf(string expected) => expected.AsSpan(expected.IndexOf('}') + 1);

    private static ReadOnlySpan<char> PathOf(ReadOnlySpan<char> target)
    {
        int query = target.IndexOfAny('?', '#');
        target = query < 0 ? target : target[..query];
        if (target.StartsWith('/'))
        {
            return target;
        }

        int authority = target.IndexOf("://", StringComparison.Ordinal);
        if (authority < 0)
        {
            return [];
        }

        target = target[(authority + 3)..];
        int path = target.IndexOf('/');
        return path < 0 ? [] : target[path..];
    }
}
