using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ovms.Native.Interop;

namespace Ovms.Native;

/// <summary>A shape whose rank and dimensions may be dynamic. Immutable; compared by value.</summary>
public sealed class PartialShape : IEquatable<PartialShape>
{
    private readonly Dimension[] _dimensions;

    /// <summary>A shape of known rank; a scalar if it has no dimensions.</summary>
    public PartialShape(params ReadOnlySpan<Dimension> dimensions) : this(dimensions.ToArray(), hasRank: true)
    {
    }

    private PartialShape(Dimension[] dimensions, bool hasRank)
    {
        _dimensions = dimensions;
        HasRank = hasRank;
    }

    /// <summary>A shape of unknown rank.</summary>
    public static PartialShape DynamicRank { get; } = new([], hasRank: false);

    /// <summary>Whether the number of dimensions is known.</summary>
    public bool HasRank { get; }

    /// <summary>Number of dimensions; 0 for a scalar and for a shape of unknown rank.</summary>
    public int Rank => _dimensions.Length;

    /// <summary>Whether rank and every dimension are known.</summary>
    public bool IsStatic => HasRank && Array.TrueForAll(_dimensions, static dimension => dimension.IsStatic);

    /// <summary>The dimensions in order.</summary>
    public ReadOnlySpan<Dimension> Dimensions => _dimensions;

    /// <summary>One dimension.</summary>
    public Dimension this[int index] => _dimensions[index];

    /// <summary>A static shape with exactly these dimensions.</summary>
    public static PartialShape Of(params ReadOnlySpan<long> shape)
    {
        Dimension[] dimensions = new Dimension[shape.Length];
        for (int i = 0; i < shape.Length; i++)
            dimensions[i] = Dimension.Of(shape[i]);
        return new PartialShape(dimensions, hasRank: true);
    }

    /// <summary>Whether a tensor of this shape is allowed.</summary>
    public bool Contains(ReadOnlySpan<long> shape)
    {
        if (!HasRank)
            return true;
        if (shape.Length != Rank)
            return false;
        for (int i = 0; i < shape.Length; i++)
        {
            if (!_dimensions[i].Contains(shape[i]))
                return false;
        }
        return true;
    }

    /// <summary>The single shape that is allowed.</summary>
    /// <exception cref="InvalidOperationException">The shape is not static.</exception>
    public long[] ToShape() => IsStatic
        ? Array.ConvertAll(_dimensions, static dimension => dimension.Min)
        : throw new InvalidOperationException($"The shape {this} is dynamic; only a static one can be turned into numbers.");

    /// <inheritdoc/>
    public bool Equals(PartialShape? other) =>
        other is not null && HasRank == other.HasRank && _dimensions.AsSpan().SequenceEqual(other._dimensions);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PartialShape);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = new();
        hash.Add(HasRank);
        foreach (Dimension dimension in _dimensions)
            hash.Add(dimension);
        return hash.ToHashCode();
    }

    /// <summary><c>(1,3,-1,[1~512])</c>; <c>()</c> for a scalar; <c>(...)</c> for an unknown rank.</summary>
    public override string ToString() => HasRank ? $"({string.Join(',', _dimensions)})" : "(...)";

    /// <summary>Copies a struct filled by the library; the caller frees the struct.</summary>
    internal static unsafe PartialShape FromNative(in ov_partial_shape_t native)
    {
        if (native.rank.min != native.rank.max)
            return DynamicRank;
        Debug.Assert(sizeof(Dimension) == sizeof(ov_dimension_t), "A Dimension is laid out as ov_dimension_t.");
        return new PartialShape(new ReadOnlySpan<Dimension>(native.dims, checked((int)native.rank.min)));
    }

    /// <summary>A by-value struct over <paramref name="pinned"/>, which receives the dimensions and must outlive the call.</summary>
    internal unsafe ov_partial_shape_t ToNative(Span<ov_dimension_t> pinned)
    {
        MemoryMarshal.Cast<Dimension, ov_dimension_t>(_dimensions).CopyTo(pinned);
        ov_dimension_t rank = HasRank ? new ov_dimension_t { min = Rank, max = Rank } : new ov_dimension_t { min = 0, max = -1 };
        return new ov_partial_shape_t
        {
            rank = rank,
            dims = (ov_dimension_t*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(pinned)),
        };
    }
}
