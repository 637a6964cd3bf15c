using System.Collections.Immutable;
using Ovms.Options;
using Ovms.Status;

namespace Ovms.Serving.Preparation;

/// <summary>The settings of a model's inputs and outputs, with every text parsed.</summary>
/// <param name="Shape">The value of --shape.</param>
/// <param name="BatchSize">The value of --batch_size; none if --shape is given.</param>
/// <param name="Layout">The value of --layout.</param>
/// <param name="Mean">The value of --mean.</param>
/// <param name="Scale">The value of --scale.</param>
/// <param name="Color">The value of --color_format; null = not given.</param>
/// <param name="Precision">The value of --precision; null = not given.</param>
/// <param name="Warnings">Warnings about ignored settings.</param>
internal sealed record ModelSettings(
    ShapeSetting Shape,
    BatchSizeSetting BatchSize,
    LayoutSetting Layout,
    FloatSetting Mean,
    FloatSetting Scale,
    ColorFormatSetting? Color,
    PrecisionSetting? Precision,
    ImmutableArray<string> Warnings)
{
    /// <summary>The settings if no option is given.</summary>
    public static ModelSettings None { get; } =
        new(ShapeSetting.None, BatchSizeSetting.None, LayoutSetting.None, FloatSetting.None, FloatSetting.None, null, null, []);

    /// <summary>Whether preprocessing changes the values of inputs.</summary>
    public bool ChangesValues => Mean.IsGiven || Scale.IsGiven || Color is not null || Precision is not null;

    /// <summary>Whether shapes are left to calls.</summary>
    public bool IsAuto => BatchSize.IsAuto || Shape.HasAuto;

    /// <summary>Parses the options.</summary>
    /// <returns>The settings, or the first fault.</returns>
    public static Outcome<ModelSettings> Parse(ModelOptions options)
    {
        List<string> warnings = [];
        Outcome<ShapeSetting> shape = ShapeSetting.Parse(options.Shape);
        Outcome<BatchSizeSetting> batchSize = BatchSizeSetting.Parse(options.BatchSize, warnings);
        Outcome<LayoutSetting> layout = LayoutSetting.Parse(options.Layout);
        Outcome<FloatSetting> mean = FloatSetting.ParseMean(options.Mean);
        Outcome<FloatSetting> scale = FloatSetting.ParseScale(options.Scale);
        Outcome<ColorFormatSetting?> color = ColorFormatSetting.Parse(options.ColorFormat);
        Outcome<PrecisionSetting?> precision = PrecisionSetting.Parse(options.Precision);

        if (batchSize is { IsOk: true, Value: { Size: not null } or { IsAuto: true } } && shape is { IsOk: true, Value.IsGiven: true })
        {
            warnings.Add(
                $"Both shape and batch size are given; the shape {options.Shape} is used and batch size {options.BatchSize} is ignored.");
            batchSize = BatchSizeSetting.None;
        }

        if (shape.Value?.HasAuto == true || batchSize.Value?.IsAuto == true)
        {
            string option = shape.Value?.HasAuto == true ? "shape" : "batch_size";
            string range = option == "shape" ? "(1,3,224:512,224:512)" : "1:16";
            warnings.Add(
                $"{option} auto compiles the model again for other shapes than its own, and the first call of each waits for that; "
                + $"it is deprecated: -1 or a range ({range}) serves them all with one compiled model, on CPU and GPU.");
        }

        Outcome[] all =
        [
            shape.WithoutValue, batchSize.WithoutValue, layout.WithoutValue, mean.WithoutValue, scale.WithoutValue, color.WithoutValue,
            precision.WithoutValue,
        ];
        Outcome failure = all.FirstOrDefault(static outcome => !outcome.IsOk);
        return failure.IsOk
            ? new ModelSettings(
                shape.Value!,
                batchSize.Value!,
                layout.Value!,
                mean.Value!,
                scale.Value!,
                color.Value,
                precision.Value,
                [.. warnings])
            : failure;
    }
}
