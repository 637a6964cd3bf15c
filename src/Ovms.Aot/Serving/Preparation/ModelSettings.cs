using System.Collections.Immutable;
using Ovms.Options;
using Ovms.Status;

namespace Ovms.Serving.Preparation;

/// <summary>What was set about a model's inputs and outputs, each text read.</summary>
/// <param name="Shape">Of --shape.</param>
/// <param name="BatchSize">Of --batch_size; none where --shape is given.</param>
/// <param name="Layout">Of --layout.</param>
/// <param name="Mean">Of --mean.</param>
/// <param name="Scale">Of --scale.</param>
/// <param name="Color">Of --color_format; null: not given.</param>
/// <param name="Precision">Of --precision; null: not given.</param>
/// <param name="Warnings">Sentences about what is not heeded.</param>
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
    /// <summary>Nothing was set.</summary>
    public static ModelSettings None { get; } = new(ShapeSetting.None, BatchSizeSetting.None, LayoutSetting.None, FloatSetting.None, FloatSetting.None, null, null, []);

    /// <summary>Whether something is to be done to the values of inputs.</summary>
    public bool ChangesValues => Mean.IsGiven || Scale.IsGiven || Color is not null || Precision is not null;

    /// <summary>Whether calls decide about shapes.</summary>
    public bool IsAuto => BatchSize.IsAuto || Shape.HasAuto;

    /// <summary>Reads the texts of the options.</summary>
    /// <returns>The settings, or the first text that cannot be read.</returns>
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
            warnings.Add($"Both shape and batch size are given; the shape {options.Shape} is used and batch size {options.BatchSize} is ignored.");
            batchSize = BatchSizeSetting.None;
        }

        if (shape.Value?.HasAuto == true || batchSize.Value?.IsAuto == true)
        {
            string option = shape.Value?.HasAuto == true ? "shape" : "batch_size";
            warnings.Add($"{option} auto compiles the model anew for other shapes than its own, and the first call of each waits for that; it is deprecated: -1 or a range ({(option == "shape" ? "(1,3,224:512,224:512)" : "1:16")}) serves them all with one compiled model, on CPU and GPU.");
        }

        Outcome[] all = [shape.WithoutValue, batchSize.WithoutValue, layout.WithoutValue, mean.WithoutValue, scale.WithoutValue, color.WithoutValue, precision.WithoutValue];
        Outcome failure = all.FirstOrDefault(static outcome => !outcome.IsOk);
        return failure.IsOk
            ? new ModelSettings(shape.Value!, batchSize.Value!, layout.Value!, mean.Value!, scale.Value!, color.Value, precision.Value, [.. warnings])
            : failure;
    }
}
