using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Ovms.Generators.Infrastructure;

/// <summary>A source location by value: a <see cref="Location"/> would keep its syntax tree and compilation in memory.</summary>
internal sealed record LocationInfo(string Path, TextSpan Span, LinePositionSpan Lines)
{
    public static LocationInfo? From(Location? location) =>
        location is { IsInSource: true }
            ? new LocationInfo(location.SourceTree!.FilePath, location.SourceSpan, location.GetLineSpan().Span)
            : null;

    public static LocationInfo? From(ISymbol symbol) => From(symbol.Locations.FirstOrDefault());

    public Location ToLocation() => Location.Create(Path, Span, Lines);
}
