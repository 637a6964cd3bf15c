using Ovms.Native;
using Ovms.Serving.Signatures;
using Ovms.Status;

namespace Ovms.Serving.Preparation;

/// <summary>The preprocessing steps of one input, from what callers send to what the model takes.</summary>
internal static class InputSteps
{
    /// <summary>Rejects settings that OpenVINO would reject with less helpful messages.</summary>
    public static Outcome Check(PortInfo input, PortLayout layout, ModelSettings settings, PortNames names)
    {
        foreach ((string option, FloatSetting values) in new[] { ("mean", settings.Mean), ("scale", settings.Scale) })
        {
            if (!values.IsPerChannel || !input.Shape.HasRank)
            {
                continue;
            }

            int axis = LayoutText.AxisOf(layout.Model, 'C', input.Shape.Rank);
            if (axis < 0)
            {
                return Refuse(
                    names.OfInput(input),
                    $"--{option} has {values.Values.Length} values, one a channel, and layout {layout} has no C");
            }

            // With a colour conversion the number of channels may change first, so OpenVINO checks it.
            if (settings.Color is null && !input.Shape[axis].Contains(values.Values.Length))
            {
                return Refuse(
                    names.OfInput(input),
                    $"--{option} has {values.Values.Length} values; "
                        + $"in layout {layout.Model} the model's shape {input.Shape} has {input.Shape[axis]} channels");
            }
        }

        return settings.Color is not null && !layout.Served.Contains('C', StringComparison.Ordinal)
            ? Refuse(names.OfInput(input), $"--color_format needs to know where the channels are, and layout {layout} has no C")
            : Outcome.Ok;
    }

    /// <summary>Adds the steps: colour, precision, mean, scale. After them OpenVINO itself transposes the dimensions.</summary>
    public static void Add(PreProcessInput steps, PortInfo input, PortLayout layout, ModelSettings settings)
    {
        steps.SetLayout(layout.Served).SetModelLayout(layout.Model);
        ElementType type = input.ElementType;
        if (settings.Precision is { } precision)
        {
            type = precision.Source;
            steps.SetElementType(type);
        }

        if (settings.Color is { } color && color.Source != color.Target)
        {
            steps.SetColorFormat(color.Source).ConvertColor(color.Target);
        }

        if (settings.Precision is { } wanted)
        {
            type = wanted.Target;
            steps.ConvertElementType(type);
        }

        // Mean and scale need floating-point values. At the end OpenVINO converts to the model's type.
        bool isFloat = type is ElementType.F32 or ElementType.F16 or ElementType.BF16 or ElementType.F64;
        if ((settings.Mean.IsGiven || settings.Scale.IsGiven) && !isFloat)
        {
            steps.ConvertElementType(ElementType.F32);
        }

        if (settings.Mean.IsGiven)
        {
            _ = settings.Mean.IsPerChannel ? steps.Mean(settings.Mean.Values.AsSpan()) : steps.Mean(settings.Mean.Values[0]);
        }

        if (settings.Scale.IsGiven)
        {
            _ = settings.Scale.IsPerChannel ? steps.Scale(settings.Scale.Values.AsSpan()) : steps.Scale(settings.Scale.Values[0]);
        }
    }

    private static Outcome Refuse(string input, string why) => Outcome.Fail(StatusCode.ModelConfigInvalid, $"Input {input}: {why}.");
}
