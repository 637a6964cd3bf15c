using System.Collections.Immutable;
using Ovms.Native;
using Ovms.Serving.Signatures;
using Ovms.Status;

namespace Ovms.Serving.Preparation;

/// <summary>
/// The dimensions left to each call: the size of axis N of all inputs (--batch_size auto) or the whole shapes of some (--shape auto).
/// </summary>
/// <param name="Axes">By input index: the axis whose size the call decides, <see cref="All"/> or <see cref="None"/>.</param>
internal sealed record AutoShapes(ImmutableArray<int> Axes)
{
    /// <summary>The call decides every dimension.</summary>
    public const int All = -1;

    /// <summary>The call decides nothing.</summary>
    public const int None = -2;

    /// <summary>Whether the calls decide the batch size, one for all inputs, and nothing else.</summary>
    public bool IsBatch => Axes.Any(static axis => axis >= 0);

    /// <summary>Determines which dimensions are left to calls.</summary>
    /// <param name="inputs">The model's inputs, as callers see them.</param>
    /// <param name="layouts">The layouts by input index.</param>
    /// <param name="settings">The model's settings.</param>
    /// <param name="names">The names of the inputs.</param>
    /// <returns>The dimensions left to calls; null if there are none; or a failure if auto cannot apply to the model.</returns>
    public static Outcome<AutoShapes?> Of(
        IReadOnlyList<PortInfo> inputs,
        ImmutableArray<string> layouts,
        ModelSettings settings,
        PortNames names)
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
                return Outcome.Fail(
                    StatusCode.ModelWithScalarAutoUnsupported,
                    $"Input {names.OfInput(input)} is a scalar, of which a call decides nothing; "
                        + "name the inputs that may vary, as in --shape '{\"input\":\"auto\"}'");
            }

            // An input without a known rank already accepts every shape.
            axes.Add(!isMeant || !input.Shape.HasRank ? None
                : !settings.BatchSize.IsAuto ? All
                : LayoutText.AxisOf(layouts[input.Index], 'N', input.Shape.Rank) is >= 0 and int axis ? axis
                : None);
        }

        return settings.BatchSize.IsAuto && axes.All(static axis => axis == None)
            ? Outcome.Fail(
                StatusCode.ReshapeError,
                "Batch size auto has no place: no input has N in its layout. Inputs: "
                    + PortNames.List(inputs.Select(input => $"{names.OfInput(input)} {input.Shape} {layouts[input.Index]}")))
            : new AutoShapes(axes.ToImmutable());
    }

    /// <summary>The signature that calls are checked against: that of the loaded form, with any size where calls decide.</summary>
    public Signature Accept(Signature loaded) => new([.. loaded.Inputs.Select(Accept)], loaded.Outputs);

    /// <summary>The key of a call's variant: the part of the call's shapes that calls decide.</summary>
    /// <param name="shapes">The shapes by input index.</param>
    /// <returns>By input index: the whole shape, the one size that the call decides, or nothing.</returns>
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

    /// <summary>The shapes to give the model's inputs for the variant of a key.</summary>
    /// <param name="inputs">The model's inputs with their present shapes.</param>
    /// <param name="key">The result of <see cref="KeyOf"/>.</param>
    public IReadOnlyList<KeyValuePair<int, PartialShape>> ShapesFor(IReadOnlyList<PortInfo> inputs, long[][] key) =>
        [
            .. inputs.Where(input => Axes[input.Index] != None)
                .Select(input => KeyValuePair.Create(input.Index, ShapeFor(input, key[input.Index]))),
        ];

    /// <summary>
    /// The smallest shapes where calls decide and the model has dynamic dimensions, for devices that take only fixed shapes.
    /// </summary>
    /// <param name="inputs">The model's inputs.</param>
    public IReadOnlyList<KeyValuePair<int, PartialShape>> LeastShapes(IReadOnlyList<PortInfo> inputs) =>
    [
        .. inputs.Where(input => Axes[input.Index] != None).Select(input =>
        {
            Dimension[] dimensions = input.Shape.Dimensions.ToArray();
            for (int axis = 0; axis < dimensions.Length; axis++)
            {
                dimensions[axis] = Decides(input.Index, axis) && !dimensions[axis].IsStatic
                    ? Dimension.Of(Math.Max(dimensions[axis].Min, 1))
                    : dimensions[axis];
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
            // No variant is compiled for an empty batch. A model that accepts empty batches by itself continues to do so.
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
