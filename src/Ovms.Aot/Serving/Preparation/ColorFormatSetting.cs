using Ovms.Native;
using Ovms.Status;

namespace Ovms.Serving.Preparation;

/// <summary>--color_format TARGET:SOURCE.</summary>
/// <param name="Target">The model's colour format.</param>
/// <param name="Source">The callers' colour format.</param>
internal sealed record ColorFormatSetting(ColorFormat Target, ColorFormat Source)
{
    private static readonly (string Name, ColorFormat Format)[] s_names =
    [
        ("RGB", ColorFormat.Rgb), ("BGR", ColorFormat.Bgr), ("GRAY", ColorFormat.Gray),
        ("NV12", ColorFormat.Nv12SinglePlane), ("NV12_2", ColorFormat.Nv12TwoPlanes),
        ("I420", ColorFormat.I420SinglePlane), ("I420_3", ColorFormat.I420ThreePlanes),
    ];

    /// <summary>Parses the option's text; null = not given.</summary>
    /// <returns>The setting; or a failure: malformed text, or an unsupported conversion.</returns>
    public static Outcome<ColorFormatSetting?> Parse(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return (ColorFormatSetting?)null;
        }

        string[] parts = text.ToUpperInvariant().Split(':', StringSplitOptions.TrimEntries);
        if (parts.Length != 2 || Find(parts[0]) is not { } target || Find(parts[1]) is not { } source)
        {
            return Outcome.Fail(
                StatusCode.ColorFormatWrongFormat,
                $"{text}: it is written RGB:BGR, what the model has and what callers send, "
                    + $"each one of {string.Join(", ", s_names.Select(static entry => entry.Name))}.");
        }

        if (source is ColorFormat.Nv12TwoPlanes or ColorFormat.I420ThreePlanes)
        {
            return Outcome.Fail(
                StatusCode.ModelConfigInvalid,
                $"Color format {text}: planes sent apart become inputs without names, which no caller can address. "
                    + "Send them in one tensor, as NV12 or I420.");
        }

        return CanConvert(source, target)
            ? new ColorFormatSetting(target, source)
            : Outcome.Fail(
                StatusCode.ModelConfigInvalid,
                $"Color format {text}: {parts[1]} cannot be converted to {parts[0]}. "
                    + "There are conversions between RGB and BGR, from RGB and BGR to GRAY, and from NV12 and I420 to RGB and BGR.");
    }

    private static bool CanConvert(ColorFormat source, ColorFormat target) => (source, target) switch
    {
        (ColorFormat.Rgb or ColorFormat.Bgr, ColorFormat.Rgb or ColorFormat.Bgr or ColorFormat.Gray) => true,
        (ColorFormat.Nv12SinglePlane or ColorFormat.I420SinglePlane, ColorFormat.Rgb or ColorFormat.Bgr) => true,
        _ => source == target,
    };

    private static ColorFormat? Find(string name)
    {
        int index = Array.FindIndex(s_names, entry => entry.Name == name);
        return index < 0 ? null : s_names[index].Format;
    }
}
