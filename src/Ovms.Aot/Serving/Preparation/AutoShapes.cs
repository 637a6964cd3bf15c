using System.Collections.Immutable;
using Ovms.Native;
using Ovms.Serving.Signatures;
using Ovms.Status;

namespace Ovms.Serving.Preparation;

/// <summary>
/// What --batch_size auto or --shape auto leaves to each call: the size at N's place of every input that has one, or the whole shapes
/// of some inputs.
/// </summary>
/// <param name="Axes">By input index: the axis that the call decides, <see cref="All"/> or <see cref="None"/>.</param>
internal sealed record AutoShapes(ImmutableArray<int> Axes)
{
    /// <summary>The call decides every dimension.</summary>
    public const int All = -1;

    /// <summary>The call decides nothing.</summary>
    public const int None = -2;

    /// <summary>Whether the calls decide the batch size, one for all inputs, and nothing else.</summary>
    public bool IsBatch => Axes.Any(static axis => axis >= 0);

    /// <summary>Finds what is meant.</summary>
    /// <param name="inputs">Of the model, as callers see them.</param>
    /// <param name="layouts">By input index.</param>
    /// <param name="settings">What was set.</param>
    /// <param name="names">How the inputs are called.</param>
    /// <returns>What calls decide; null for nothing; or: auto has no place in the model.</returns>
    public static Outcome<AutoShapes?> Of(IReadOnlyList<PortInfo> inputs, ImmutableArray<string> layouts, ModelSettings settings, PortNames names)
    {
        if (!settings.IsAuto)
        {
            return (AutoShapes?)null;
        }

        ImmutableArray<int>.Builder axes = ImmutableArray.CreateBuilder<int>(inputs.Count);
        foreach (PortInfo input in inputs)
        {
            bool isMeant = settings.BatchSize.IsAuto || settings.Shape.IsAuto(names.OfInput(input));
            if (isMeant && input.Shape is { HasRank: true, Rank: 0 })
            {
                return Outcome.Fail(StatusCode.ModelWithScalarAutoUnsupported, $"Input {names.OfInput(input)} is a scalar, of which a call decides nothing; name the inputs that may vary, as in --shape '{{\"input\":\"auto\"}}'");
            }

            // Whose number of dimensions is not known takes every shape already.
            axes.Add(!isMeant || !input.Shape.HasRank ? None
                : !settings.BatchSize.IsAuto ? All
                : LayoutText.AxisOf(layouts[input.Index], 'N', input.Shape.Rank) is >= 0 and int axis ? axis
                : None);
        }

        return settings.BatchSize.IsAuto && axes.All(static axis => axis == None)
            ? Outcome.Fail(StatusCode.ReshapeError, $"Batch size auto has no place: no input has N in its layout. Inputs: {PortNames.List(inputs.Select(input => $"{names.OfInput(input)} {input.Shape} {layouts[input.Index]}"))}")
            : new AutoShapes(axes.ToImmutable());
    }

    /// <summary>What calls may send to a model whose loaded form takes <paramref name="loaded"/>: the same, with any size where they decide.</summary>
    public Signature Accept(Signature loaded) => new([.. loaded.Inputs.Select(Accept)], loaded.Outputs);

    /// <summary>The part of a call's shapes that decides which variant computes it.</summary>
    /// <param name="shapes">In the order of the inputs.</param>
    /// <returns>By input index: the shape, the one size that the call decides, or nothing.</returns>
    public long[][] KeyOf(long[][] shapes)
    {
        long[][] key = new long[shapes.Length][];
        for (int i = 0; i < key.Length; i++)
        {
            key[i] = Axes[i] switch
            {
                All => shapes[i],
                None => [],
                int axis => [shapes[i][axis]],
            };
        }

        return key;
    }

    /// <summary>The shapes to give a model's inputs so that it computes calls of a key.</summary>
    /// <param name="inputs">Of the model, with the shapes they have now.</param>
    /// <param name="key">As made by <see cref="KeyOf"/>.</param>
    public IReadOnlyList<KeyValuePair<int, PartialShape>> ShapesFor(IReadOnlyList<PortInfo> inputs, long[][] key) =>
        [.. inputs.Where(input => Axes[input.Index] != None).Select(input => KeyValuePair.Create(input.Index, ShapeFor(input, key[input.Index])))];

    /// <summary>The least shapes that inputs can have where calls decide and the model leaves it open, for devices that take fixed shapes only.</summary>
    /// <param name="inputs">Of the model.</param>
    public IReadOnlyList<KeyValuePair<int, PartialShape>> LeastShapes(IReadOnlyList<PortInfo> inputs) =>
    [
        .. inputs.Where(input => Axes[input.Index] != None).Select(input =>
        {
            Dimension[] dimensions = input.Shape.Dimensions.ToArray();
            for (int axis = 0; axis < dimensions.Length; axis++)
            {
                dimensions[axis] = Decides(input.Index, axis) && !dimensions[axis].IsStatic ? Dimension.Of(Math.Max(dimensions[axis].Min, 1)) : dimensions[axis];
            }

            return KeyValuePair.Create(input.Index, new PartialShape(dimensions));
        }),
    ];

    private PartialShape ShapeFor(PortInfo input, long[] key)
    {
        if (Axes[input.Index] == All)
        {
            return PartialShape.Of(key);
        }

        Dimension[] dimensions = input.Shape.Dimensions.ToArray();
        dimensions[Axes[input.Index]] = Dimension.Of(key[0]);
        return new PartialShape(dimensions);
    }

    private TensorInfo Accept(TensorInfo info)
    {
        if (Axes[info.Index] == None)
        {
            return info;
        }

        Dimension[] dimensions = info.Shape.Dimensions.ToArray();
        for (int axis = 0; axis < dimensions.Length; axis++)
        {
            // No model is compiled for no examples at all; one that takes them as it is goes on doing so.
            dimensions[axis] = Decides(info.Index, axis) ? new Dimension(Math.Min(dimensions[axis].Min, 1), -1) : dimensions[axis];
        }

        Dimension[] image = [.. dimensions];
        int channels = LayoutText.AxisOf(info.Layout, 'C', image.Length);
        if (channels >= 0)
        {
            image[channels] = info.Shape[channels];
        }

        return info with { Shape = new PartialShape(dimensions), ImageShape = new PartialShape(image) };
    }

    private bool Decides(int input, int axis) => Axes[input] == All || Axes[input] == axis;
}
