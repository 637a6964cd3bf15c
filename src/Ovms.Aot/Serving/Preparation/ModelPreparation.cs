using System.Collections.Immutable;
using Ovms.Native;
using Ovms.Repository;
using Ovms.Serving.Signatures;
using Ovms.Status;

namespace Ovms.Serving.Preparation;

/// <summary>
/// Applies the settings to a model: first the preprocessing steps of its inputs, then the shapes, which are those that callers send.
/// </summary>
internal static class ModelPreparation
{
    /// <summary>Prepares a model.</summary>
    /// <param name="model">The model as read. The result owns it from here on; on failure it is disposed.</param>
    /// <param name="ir">The contents of its file, if that is an IR.</param>
    /// <param name="settings">The model's settings.</param>
    /// <param name="names">The names of its ports; null = the model's own names.</param>
    /// <param name="needsFixedShapes">Whether dynamic dimensions that calls decide must be fixed at first.</param>
    /// <returns>The model to compile; or a failure if a setting does not fit the model.</returns>
    public static Outcome<PreparedModel> Prepare(
        Model model,
        IrFile? ir,
        ModelSettings settings,
        PortNames? names = null,
        bool needsFixedShapes = false)
    {
        names ??= PortNames.Own;
        Model current = model;
        bool handedOver = false;
        try
        {
            Outcome mapped = names.Check(current.Inputs, current.Outputs);
            Outcome<PortLayouts> given = mapped.IsOk ? settings.Layout.For(current.Inputs, current.Outputs, names) : mapped;
            if (!given.IsOk)
            {
                return given.WithoutValue;
            }

            Outcome<Model> preprocessed = Preprocess(current, given.Value.Inputs, settings, names);
            if (!preprocessed.IsOk)
            {
                return preprocessed.WithoutValue;
            }

            current = preprocessed.Value;
            ImmutableArray<string> inputLayouts = ServedLayouts(current.Inputs, given.Value.Inputs, ir);
            Outcome reshaped = Reshape(current, inputLayouts, settings, names);
            if (!reshaped.IsOk)
            {
                return reshaped;
            }

            Outcome<AutoShapes?> auto = AutoShapes.Of(current.Inputs, inputLayouts, settings, names);
            Outcome begun = auto is { IsOk: true, Value: { } open } && needsFixedShapes
                ? Reshape(current, open.LeastShapes(current.Inputs), names)
                : auto.WithoutValue;
            if (!begun.IsOk)
            {
                return begun;
            }

            handedOver = true;
            ImmutableArray<string> outputLayouts = ServedLayouts(current.Outputs, given.Value.Outputs, ir);
            return new PreparedModel(current, inputLayouts, outputLayouts, settings.Warnings, TextsOf(ir?.ModelInfo))
            {
                Names = names,
                Auto = auto.Value,
            };
        }
        finally
        {
            if (!handedOver)
            {
                current.Dispose();
            }
        }
    }

    private static Outcome<Model> Preprocess(Model model, ImmutableArray<PortLayout?> layouts, ModelSettings settings, PortNames names)
    {
        IReadOnlyList<PortInfo> inputs = model.Inputs;
        PortInfo[] concerned =
            [.. inputs.Where(input => layouts[input.Index] is { } layout && (layout.Transposes || settings.ChangesValues))];
        if (concerned.Length == 0)
        {
            return settings.ChangesValues
                ? Outcome.Fail(
                    StatusCode.ModelConfigInvalid,
                    "Mean, scale, color format and precision change the inputs that --layout names, and it names none. "
                        + $"Inputs: {PortNames.List(inputs.Select(names.OfInput))}")
                : model;
        }

        foreach (PortInfo input in concerned)
        {
            Outcome possible = InputSteps.Check(input, layouts[input.Index]!, settings, names);
            if (!possible.IsOk)
            {
                return possible;
            }
        }

        try
        {
            using PrePostProcessor processor = new(model);
            foreach (PortInfo input in concerned)
            {
                InputSteps.Add(processor.Input(input.Index), input, layouts[input.Index]!, settings);
            }

            // The result is a second handle to the same, now changed, model. The first is no longer needed.
            Model built = processor.Build();
            model.Dispose();
            return built;
        }
        catch (OpenVinoException failure)
        {
            return Outcome.Fail(
                StatusCode.ModelConfigInvalid,
                $"The settings of layout, color format, precision, mean and scale do not fit the model: {failure.Said}.");
        }
    }

    private static Outcome Reshape(Model model, ImmutableArray<string> layouts, ModelSettings settings, PortNames names)
    {
        IReadOnlyList<PortInfo> inputs = model.Inputs;
        Outcome<IReadOnlyList<KeyValuePair<int, PartialShape>>> shapes = settings.BatchSize.Size is { } size
            ? WithBatch(inputs, layouts, size, names)
            : settings.Shape.For(inputs, names);
        if (!shapes.IsOk)
        {
            return shapes.WithoutValue;
        }

        KeyValuePair<int, PartialShape>[] changed = [.. shapes.Value.Where(pair => !pair.Value.Equals(inputs[pair.Key].Shape))];
        foreach ((int index, PartialShape shape) in changed)
        {
            if (shape.HasRank && !LayoutText.Fits(layouts[index], shape.Rank))
            {
                return Outcome.Fail(
                    StatusCode.LayoutIncompatibleWithShape,
                    $"Port: {names.OfInput(inputs[index])}; Layout: {layouts[index]}; Requested shape: {shape}");
            }
        }

        return Reshape(model, changed, names);
    }

    private static Outcome Reshape(Model model, IReadOnlyList<KeyValuePair<int, PartialShape>> shapes, PortNames names)
    {
        IReadOnlyList<PortInfo> inputs = model.Inputs;
        try
        {
            model.Reshape(shapes);
            return Outcome.Ok;
        }
        catch (OpenVinoException failure)
        {
            string wanted = string.Join(
                ", ",
                shapes.Select(pair => $"{names.OfInput(inputs[pair.Key])} from {inputs[pair.Key].Shape} to {pair.Value}"));
            return Outcome.Fail(StatusCode.ReshapeError, $"{wanted}: {failure.Said}.");
        }
    }

    private static Outcome<IReadOnlyList<KeyValuePair<int, PartialShape>>> WithBatch(
        IReadOnlyList<PortInfo> inputs,
        ImmutableArray<string> layouts,
        Dimension size,
        PortNames names)
    {
        List<KeyValuePair<int, PartialShape>> shapes = [];
        foreach (PortInfo input in inputs.Where(static input => input.Shape.HasRank))
        {
            int axis = LayoutText.AxisOf(layouts[input.Index], 'N', input.Shape.Rank);
            if (axis >= 0)
            {
                Dimension[] dimensions = input.Shape.Dimensions.ToArray();
                dimensions[axis] = size;
                shapes.Add(new(input.Index, new PartialShape(dimensions)));
            }
        }

        return shapes.Count > 0
            ? shapes
            : Outcome.Fail(
                StatusCode.ReshapeError,
                $"Batch size {size} has no place: no input has N in its layout. Inputs: "
                    + PortNames.List(inputs.Select(input => $"{names.OfInput(input)} {input.Shape} {layouts[input.Index]}")));
    }

    private static ImmutableArray<string> ServedLayouts(IReadOnlyList<PortInfo> ports, ImmutableArray<PortLayout?> given, IrFile? ir) =>
        [
            .. ports.Select(port => given[port.Index]?.Served
                ?? StatedLayout(port, ir)
                ?? (port.Shape is { HasRank: true, Rank: 0 } ? LayoutText.Scalar : LayoutText.Unknown)),
        ];

    private static string? StatedLayout(PortInfo port, IrFile? ir) =>
        port.Name is { } name
            && ir?.Layouts.GetValueOrDefault(name) is { } layout
            && (!port.Shape.HasRank || LayoutText.Fits(layout, port.Shape.Rank))
                ? layout
                : null;

    // Only texts at the first level: nested values are for tools that read the file itself.
    private static ImmutableArray<KeyValuePair<string, string>> TextsOf(RuntimeInfo? modelInfo) =>
        modelInfo is null
            ? []
            :
            [
                .. modelInfo.Children
                    .Where(static child => child.Value is not null)
                    .Select(static child => KeyValuePair.Create(child.Name, child.Value!)),
            ];
}
