using System.Collections.Immutable;
using Ovms.Serving.Signatures;

namespace Ovms.Frontends.Extensions;

/// <summary>A tensor's shape as KServe's metadata and configuration report it, over gRPC and REST alike.</summary>
internal static class ReportedShape
{
    private const long AnySize = -1;

    /// <summary>Dynamic dimensions are -1. A shape of unknown rank is one -1, because an empty one would be a scalar's.</summary>
    /// <param name="info">The tensor.</param>
    /// <param name="first">The first dimension to report.</param>
    public static ImmutableArray<long> Of(TensorInfo info, int first = 0)
    {
        if (!info.Shape.HasRank)
        {
            return [AnySize];
        }

        ImmutableArray<long>.Builder shape = ImmutableArray.CreateBuilder<long>(info.Shape.Rank);
        for (int i = first; i < info.Shape.Rank; i++)
        {
            shape.Add(info.Shape[i].IsStatic ? info.Shape[i].Min : AnySize);
        }

        return shape.ToImmutable();
    }
}
